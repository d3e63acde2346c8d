import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * HTTP on the caller's own thread over keep-alive connections. {@link HttpURLConnection} is old, but a call wakes no
 * other thread: with every core busy, the latency it shows is that of the service and not of a client's thread pool.
 */
final class Http {

    /** An answer, whatever its status. */
    record Answer(int status, String body) {}

    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int READ_TIMEOUT_MS = 60_000;

    static {
        System.setProperty("sun.net.http.retryPost", "false"); // a submission is sent once, or fails
        System.setProperty("http.maxConnections", "16"); // kept alive, to one destination: one for each caller
    }

    private Http() {}

    static Answer get(String url) throws IOException {
        return answer(open(url));
    }

    /**
     * Reads what is sent in a format that the service has to be asked for; the body is the caller's to read and to
     * close.
     */
    static InputStream stream(String url, String accept) throws IOException {
        HttpURLConnection connection = open(url);
        connection.setRequestProperty("Accept", accept);
        return connection.getInputStream();
    }

    /** Sends a body of known length as it is generated. */
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

    private static HttpURLConnection open(String url) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
        connection.setReadTimeout(READ_TIMEOUT_MS);
        return connection;
    }

    /** Reads the body to its end, without which the connection would not be used again. */
    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(status, body);
        }
    }
}
