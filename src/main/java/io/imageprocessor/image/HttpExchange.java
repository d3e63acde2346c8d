package io.imageprocessor.image;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;

/** One answer under way. Closing it keeps the connection where the body was read to its end, and ends it otherwise. */
final class HttpExchange implements AutoCloseable {

    /** The largest body of an error or redirect that is read for its connection's sake. */
    private static final int WORTH_DRAINING = 8 * 1024;

    private final HttpConnections connections;
    private final ConnectionEndpoint endpoint;
    private final ClassicHttpResponse response;
    private final HttpBody body;
    private final boolean reusable;

    HttpExchange(
            HttpConnections connections,
            ConnectionEndpoint endpoint,
            ClassicHttpResponse response,
            HttpBody body,
            boolean reusable) {
        this.connections = connections;
        this.endpoint = endpoint;
        this.response = response;
        this.body = body;
        this.reusable = reusable;
    }

    int status() {
        return response.getCode();
    }

    HttpBody body() {
        return body;
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

    /** Reads the body of an answer that matters only by its status, if it is short enough to be worth it. */
    void drain() {
        if (!reusable || body.promised() > WORTH_DRAINING) {
            return;
        }
        byte[] ignored = new byte[1024];
        try {
            while (body.bytes() <= WORTH_DRAINING && body.read(ignored, 0, ignored.length) >= 0) {
                // Until the end, or until it is too much.
            }
        } catch (ImageFailedException e) {
            // The status is the outcome; the connection has simply ended with this body.
        }
    }

    @Override
    public void close() {
        if (reusable && body.complete()) {
            connections.keep(endpoint);
        } else {
            connections.discard(endpoint);
        }
    }
}
