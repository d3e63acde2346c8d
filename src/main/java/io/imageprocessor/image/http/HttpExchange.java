package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.util.Timeout;

/** One answer under way. Closing it keeps the connection where the body was read to its end, and ends it otherwise. */
final class HttpExchange implements AutoCloseable {

    /** The longest rest of a body that is read for its connection's sake. A handshake costs about as much. */
    private static final int WORTH_DRAINING = 64 * 1024;

    /** The same for a body that does not say how long it is. */
    private static final int WORTH_TRYING = 8 * 1024;

    /** How long such a rest is waited for: it follows the head at once, if it is to come at all. */
    private static final Duration DRAINING_TIME = Duration.ofMillis(100);

    private final HttpTransport connections;
    private final ConnectionEndpoint endpoint;
    private final ClassicHttpResponse response;
    private final Optional<ContentRange> range;
    private final HttpBody body;
    private final boolean reusable;

    HttpExchange(
            HttpTransport connections,
            ConnectionEndpoint endpoint,
            ClassicHttpResponse response,
            HttpBody.Limits limits,
            boolean reusable) {
        this.connections = connections;
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

    /** Whether the body is the first part of the file, as long as it is said to be. */
    boolean isBeginning() {
        return range.filter(part -> part.first() == 0 && (body.left() < 0 || body.left() == part.last() + 1))
                .isPresent();
    }

    /** Where the answer points to, if it does. */
    Optional<String> location() {
        Header location = response.getFirstHeader(HttpHeaders.LOCATION);
        // Headers arrive as Latin-1, but what lies beyond ASCII in a URL was written as UTF-8.
        return Optional.ofNullable(location)
                .map(header ->
                        new String(header.getValue().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    /** How long the origin asks to be left alone; zero where it does not. */
    Duration retryAfter() {
        return RetryAfter.in(response);
    }

    /** Reads what is left of the body, where that is short enough to be worth it and comes at once. */
    void drain() {
        if (!reusable || body.usedUp() || body.left() > WORTH_DRAINING) {
            return;
        }
        try {
            // Until the connection goes back to the pool, which lifts it.
            endpoint.setSocketTimeout(Timeout.of(DRAINING_TIME));
            readToTheEnd(body.left() < 0 ? WORTH_TRYING : WORTH_DRAINING);
        } catch (ImageFailedException | RuntimeException e) {
            // What mattered of the answer is known; the connection has simply ended with this body.
        }
    }

    private void readToTheEnd(int most) throws ImageFailedException {
        long end = System.nanoTime() + DRAINING_TIME.toNanos();
        byte[] ignored = new byte[1024];
        int count = 0;
        for (int read = 0; read >= 0 && count <= most && System.nanoTime() - end < 0; count += read) {
            read = body.receive(ignored, 0, ignored.length);
        }
    }

    @Override
    public void close() {
        body.close();
        if (reusable && body.usedUp()) {
            connections.keep(endpoint);
        } else {
            connections.discard(endpoint);
        }
    }
}
