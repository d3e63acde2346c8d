package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the header {@code Idempotency-Key}, with which a client can repeat a submission safely. */
final class IdempotencyKeyHeader {

    private static final String HEADER = "Idempotency-Key";

    /** Visible ASCII. */
    private static final Pattern FORMAT = Pattern.compile("[\\x21-\\x7E]{1,255}");

    private IdempotencyKeyHeader() {}

    /**
     * Returns the key of a request, or empty if it has none.
     *
     * @throws RejectedException 400 if the key is malformed or repeated
     */
    static Optional<String> of(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(HEADER));
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (keys.size() > 1) {
            throw RejectedException.badRequest(HEADER + " is repeated");
        }
        if (!FORMAT.matcher(keys.getFirst()).matches()) {
            throw RejectedException.badRequest(HEADER + " must be 1 to 255 visible ASCII characters");
        }
        return Optional.of(keys.getFirst());
    }
}
