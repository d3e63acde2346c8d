import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * Makes HTTP calls on the caller's thread over keep-alive connections. {@link HttpURLConnection} is old, but it uses no
 * other thread. With all cores busy, it measures the latency of the service and not that of a client's thread pool.
 */
final class Http {

    /**
     * A response with any status.
     *
     * @param retryAfter the header {@code Retry-After}; empty without it
     */
    record Answer(int status, String body, String retryAfter) {}

    /**
     * A response whose body the caller reads and closes.
     *
     * @param head status and headers, without the body
     */
    record Stream(Answer head, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int READ_TIMEOUT_MS = 60_000;

    static {
        System.setProperty("sun.net.http.retryPost", "false"); // never repeats a submission
        System.setProperty("http.maxConnections", "16"); // idle connections per destination: enough for each caller
    }

    private Http() {}

    static Answer get(String url) throws IOException {
        return answer(open(url));
    }

    /** Opens the response body in the requested media type. The caller reads and closes it. */
    static InputStream stream(String url, String accept) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestProperty("Accept", accept);
        return connection.getInputStream();
    }

    /** Sends a body of known length while it is generated. */
    static Answer post(String url, JobBody body) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setFixedLengthStreamingMode(body.length());
        try (OutputStream out = connection.getOutputStream()) {
            for (byte[] chunk : body) {
                out.write(chunk);
            }
        }
        return answer(connection);
    }

    /**
     * Makes a call with any method, headers and body.
     *
     * @param body empty for none
     */
    static Answer call(String method, String url, Map<String, String> headers, byte[] body) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestMethod(method);
        headers.forEach(connection::setRequestProperty);
        if (method.equals("POST")) {
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        return answer(connection);
    }

    /** Returns when the header of the response has arrived, whatever its status is. */
    static Stream open(String url, String accept) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestProperty("Accept", accept);
        int status = connection.getResponseCode();
        InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        return new Stream(
                new Answer(status, "", retryAfter(connection)), in == null ? InputStream.nullInputStream() : in);
    }

    private static String retryAfter(HttpURLConnection connection) {
        return Objects.requireNonNullElse(connection.getHeaderField("Retry-After"), "");
    }

    private static HttpURLConnection open(String url) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
        connection.setReadTimeout(READ_TIMEOUT_MS);
        return connection;
    }

    /** Reads the whole body, because otherwise the connection would not be reused. */
    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(status, body, retryAfter(connection));
        }
    }
}
