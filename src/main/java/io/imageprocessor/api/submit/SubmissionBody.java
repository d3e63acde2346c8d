package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/** The body of a submission: JSON, as it is or packed with gzip, and neither too large nor too slow, packed or not. */
@RequiredArgsConstructor(access = AccessLevel.PRIVATE)
final class SubmissionBody {

    private static final Duration MAX_TIME = Duration.ofMinutes(5);

    private final HttpServletRequest request;
    private final DataSize limit;
    private final boolean packed;

    /**
     * The body that the headers of a request announce, unread.
     *
     * @param limit for the body as it is sent, and once more for what is unpacked from it
     * @throws RejectedException 413 if it is too large, 415 if it is packed in an unknown way
     */
    static SubmissionBody of(HttpServletRequest request, DataSize limit) throws HttpMediaTypeNotSupportedException {
        requireJson(request);
        boolean packed = isPacked(request);
        if (request.getContentLengthLong() > limit.toBytes()) {
            throw LimitedInputStream.tooLarge(limit);
        }
        return new SubmissionBody(request, limit, packed);
    }

    /** The JSON, unpacked. */
    InputStream open() throws IOException {
        InputStream sent = limited(request.getInputStream());
        return packed ? limited(new GzipBody(sent)) : sent;
    }

    private InputStream limited(InputStream body) {
        return new LimitedInputStream(body, limit, MAX_TIME);
    }

    /** The old services never looked at the content type, so a missing one is taken for JSON. */
    private static void requireJson(HttpServletRequest request) throws HttpMediaTypeNotSupportedException {
        String contentType = request.getContentType();
        if (contentType != null) {
            MediaType type = parse(contentType);
            boolean json = type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
            if (!json) {
                throw new HttpMediaTypeNotSupportedException(type, List.of(MediaType.APPLICATION_JSON));
            }
        }
    }

    private static MediaType parse(String contentType) throws HttpMediaTypeNotSupportedException {
        try {
            return MediaType.parseMediaType(contentType);
        } catch (InvalidMediaTypeException e) {
            throw new HttpMediaTypeNotSupportedException(e.getMessage());
        }
    }

    private static boolean isPacked(HttpServletRequest request) {
        List<String> codings = Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
                .toList();
        if (codings.isEmpty()) {
            return false;
        }
        if (codings.size() == 1 && (codings.contains("gzip") || codings.contains("x-gzip"))) {
            return true;
        }
        throw new RejectedException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be gzip or identity")
                .with(HttpHeaders.ACCEPT_ENCODING, "gzip");
    }
}
