package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.util.Timeout;

/**
 * One response and its connection. Closing it returns the connection to the pool if the body was read to its end, and
 * closes the connection otherwise. Not thread-safe.
 */
final class HttpExchange implements AutoCloseable {

    /** Limit in bytes for the rest of a body that is read to reuse the connection. A handshake costs about as much. */
    private static final int MAX_DRAINED = 64 * 1024;

    /** The same limit for a body of unknown length. */
    private static final int MAX_DRAINED_UNKNOWN_LENGTH = 8 * 1024;

    /** Limit for the time that draining takes. If the rest comes at all, it follows the header at once. */
    private static final Duration MAX_DRAINING_TIME = Duration.ofMillis(100);

    private final HttpTransport transport;
    private final ConnectionEndpoint endpoint;
    private final ClassicHttpResponse response;
    private final Optional<ContentRange> range;
    private final HttpBody body;
    private final boolean reusable;

    HttpExchange(
            HttpTransport transport,
            ConnectionEndpoint endpoint,
            ClassicHttpResponse response,
            HttpBody.Limits limits,
            boolean reusable) {
        this.transport = transport;
        this.endpoint = endpoint;
        this.response = response;
        this.reusable = reusable;
        range = status() == HttpStatus.SC_PARTIAL_CONTENT ? ContentRange.of(response) : Optional.empty();
        boolean partial = range.filter(ContentRange::endsEarly).isPresent();
        body = new HttpBody(response.getEntity(), ContentCoding.of(response), partial, limits);
    }

    int status() {
        return response.getCode();
    }

    HttpBody body() {
        return body;
    }

    /** Returns whether the body is the beginning of the file, and as long as its range states. */
    boolean isBeginning() {
        return range.filter(part -> part.first() == 0 && (body.remaining() < 0 || body.remaining() == part.last() + 1))
                .isPresent();
    }

    /** Returns the {@code Location} of the response as {@link HeaderText}, or empty if it has none. */
    Optional<String> location() {
        return Optional.ofNullable(response.getFirstHeader(HttpHeaders.LOCATION))
                .map(header -> HeaderText.decoded(header.getValue()));
    }

    /** Returns the {@code Retry-After} of the response, or zero if it has none. */
    Duration retryAfter() {
        return RetryAfter.in(response);
    }

    /** Reads the rest of the body if it is short and arrives at once. Then the connection can be reused. */
    void drain() {
        if (!reusable || body.exhausted() || body.remaining() > MAX_DRAINED) {
            return;
        }
        try {
            // The pool removes this timeout when it takes the connection back.
            endpoint.setSocketTimeout(Timeout.of(MAX_DRAINING_TIME));
            readToEnd(body.remaining() < 0 ? MAX_DRAINED_UNKNOWN_LENGTH : MAX_DRAINED);
        } catch (ImageFailedException | RuntimeException e) {
            // Everything needed from the response is known; only the connection cannot be reused.
        }
    }

    private void readToEnd(int maxBytes) throws ImageFailedException {
        long end = System.nanoTime() + MAX_DRAINING_TIME.toNanos();
        byte[] ignored = new byte[1024];
        int count = 0;
        for (int read = 0; read >= 0 && count <= maxBytes && System.nanoTime() - end < 0; count += read) {
            read = body.readEncoded(ignored, 0, ignored.length);
        }
    }

    @Override
    public void close() {
        body.close();
        if (reusable && body.exhausted() && !body.hasMalformedTrailers()) {
            transport.release(endpoint);
        } else {
            transport.discard(endpoint);
        }
    }
}
