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

/** The body of a submission: JSON, plain or compressed with gzip, with limits on size and time. Not thread-safe. */
@RequiredArgsConstructor(access = AccessLevel.PRIVATE)
final class SubmissionBody {

    private static final Duration MAX_TIME = Duration.ofMinutes(5);

    private final HttpServletRequest request;
    private final DataSize limit;
    private final boolean compressed;

    /**
     * Returns the body of a request after checking its headers, without reading it.
     *
     * @param limit for the received bytes, and again for the decompressed bytes
     * @throws RejectedException 413 if the declared length is too large, 415 if the content encoding is unknown
     */
    static SubmissionBody of(HttpServletRequest request, DataSize limit) throws HttpMediaTypeNotSupportedException {
        requireJson(request);
        boolean compressed = isCompressed(request);
        if (request.getContentLengthLong() > limit.toBytes()) {
            throw LimitedInputStream.tooLarge(limit);
        }
        return new SubmissionBody(request, limit, compressed);
    }

    /** Opens the decompressed JSON. */
    InputStream open() throws IOException {
        InputStream sent = limited(request.getInputStream(), limit);
        return compressed ? limited(new GzipBody(sent), limit) : sent;
    }

    /** Limits the bytes of a body, and the time in which it arrives. */
    static InputStream limited(InputStream body, DataSize limit) {
        return new LimitedInputStream(body, limit, MAX_TIME);
    }

    /** Accepts a missing content type, because the old services ignored it. */
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

    private static boolean isCompressed(HttpServletRequest request) {
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
