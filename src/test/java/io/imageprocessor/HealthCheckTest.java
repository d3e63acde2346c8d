package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

    @Test
    void acceptsAReadyService() throws IOException {
        HttpServer service = serviceWithReadiness(200);
        try {
            assertThatCode(() -> HealthCheck.requireReady(service.getAddress().getPort()))
                    .doesNotThrowAnyException();
        } finally {
            service.stop(0);
        }
    }

    @Test
    void reportsTheStatusOfTheReadinessProbe() throws IOException {
        HttpServer service = serviceWithReadiness(503);
        try {
            assertThatThrownBy(
                            () -> HealthCheck.requireReady(service.getAddress().getPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("/actuator/health/readiness returned status 503");
        } finally {
            service.stop(0);
        }
    }

    @Test
    void failsIfTheServiceIsNotRunning() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        assertThatThrownBy(() -> HealthCheck.requireReady(port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void failsIfTheServiceDoesNotRespond() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HealthCheck.requireReady(silent.getLocalPort()))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void usesTheManagementPortOrElseTheServerPort() {
        assertThat(HealthCheck.port(Map.of())).isEqualTo(8080);
        assertThat(HealthCheck.port(Map.of("PORT", ""))).isEqualTo(8080);
        assertThat(HealthCheck.port(Map.of("PORT", "80"))).isEqualTo(80);
        assertThat(HealthCheck.port(Map.of("PORT", "80", "SERVER_PORT", "81"))).isEqualTo(81);
        assertThat(HealthCheck.port(Map.of("SERVER_PORT", "81", "MANAGEMENT_SERVER_PORT", "82")))
                .isEqualTo(82);
    }

    private static HttpServer serviceWithReadiness(int status) throws IOException {
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/actuator/health/readiness", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        service.start();
        return service;
    }
}
