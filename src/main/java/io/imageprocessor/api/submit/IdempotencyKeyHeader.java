package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header by which a client makes sure that a submission is accepted once, however often it is sent. */
final class IdempotencyKeyHeader {

    private static final String HEADER = "Idempotency-Key";

    /** Visible ASCII. */
    private static final Pattern FORMAT = Pattern.compile("[\\x21-\\x7E]{1,255}");

    private IdempotencyKeyHeader() {}

    /**
     * The key of a request, or empty if it has none.
     *
     * @throws RejectedException if it is none, or there are several
     */
    static Optional<String> of(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(HEADER));
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (keys.size() > 1) {
            throw RejectedException.badRequest(HEADER + " is there more than once");
        }
        if (!FORMAT.matcher(keys.getFirst()).matches()) {
            throw RejectedException.badRequest(HEADER + " must be 1 to 255 visible ASCII characters");
        }
        return Optional.of(keys.getFirst());
    }
}
