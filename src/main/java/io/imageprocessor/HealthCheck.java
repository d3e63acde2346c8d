package io.imageprocessor;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Checks whether the service is ready; a separate program for containers without a shell and curl.
 *
 * <p>It calls the readiness probe at the port of the environment variable {@code MANAGEMENT_SERVER_PORT},
 * {@code SERVER_PORT} or {@code PORT}. The exit code is 0 if the response is 200. Otherwise it is 1, and the reason is
 * on the standard error output.
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
     * Returns normally if the service on that local port is ready.
     *
     * @throws IOException if the service is not ready, not running, or does not respond within a second
     */
    static void requireReady(int port) throws IOException {
        URI readiness = URI.create("http://localhost:" + port + "/actuator/health/readiness");
        var connection = (HttpURLConnection) readiness.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new IOException("%s returned status %d".formatted(readiness, status));
        }
    }
}
