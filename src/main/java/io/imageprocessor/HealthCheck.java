package io.imageprocessor;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whether the service beside it is ready, for a container that has neither a shell nor curl: a program of its own,
 * whose exit code is 0 if the readiness on the port of the environment variable {@code MANAGEMENT_SERVER_PORT},
 * {@code SERVER_PORT} or {@code PORT} is 200, and otherwise 1 with the reason on the standard error output.
 */
final class HealthCheck {

    private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(1).toMillis();

    private HealthCheck() {}

    public static void main(String[] arguments) throws IOException {
        requireReady(port(System.getenv()));
    }

    static int port(Map<String, String> environment) {
        return Stream.of("MANAGEMENT_SERVER_PORT", "SERVER_PORT", "PORT")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .map(Integer::valueOf)
                .findFirst()
                .orElse(8080);
    }

    /**
     * Returns if the service on that port of this machine is ready.
     *
     * @throws IOException if it is not, is not there, or is silent for a second
     */
    static void requireReady(int port) throws IOException {
        URI readiness = URI.create("http://localhost:" + port + "/actuator/health/readiness");
        var connection = (HttpURLConnection) readiness.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new IOException("%s answered %d".formatted(readiness, status));
        }
    }
}
