package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.imageprocessor.postgres.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Clients and a database that make libraries log the same line again and again. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"imageprocessor.storage=postgres", "spring.lifecycle.timeout-per-shutdown-phase=100ms"})
@DirtiesContext
class LogFloodTest {

    private static final String DATABASE = TestDatabase.create();
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x", "y"]}]}
            """;

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void useOneDatabase(DynamicPropertyRegistry properties) {
        properties.add("spring.datasource.url", () -> DATABASE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../b",
                "/%2e%2e/x",
                "/swagger-ui/%2e%2e/application.yaml",
                "/swagger-ui/http://x/y",
                "/ HTTP/1.1\r\nAccept: */*;q=a\r\nX: ",
                "/ HTTP/1.1\r\nBad Header: x\r\nX: "
            })
    void clientsDriveAtMostOneLineOfEachLogger(String path) throws IOException {
        try (LogLines lines = new LogLines(Level.INFO)) {
            for (int i = 0; i < 20; i++) {
                request(path);
            }

            assertThat(faults(lines)).allSatisfy((_, count) -> assertThat(count).isEqualTo(1));
        }
    }

    @Test
    void lostConnectionsDriveAtMostOneLineOfEachLogger() throws Exception {
        ApiClient client = new ApiClient(port);
        try (LogLines lines = new LogLines(Level.INFO)) {
            CompletableFuture<Void> clients = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 200; i++) {
                    client.submit(JOB);
                }
            });
            int lost = 0;
            while (!clients.isDone()) {
                lost += terminateConnections();
            }
            clients.join();

            assertThat(lost).isGreaterThan(100);
            assertThat(faults(lines)).allSatisfy((_, count) -> assertThat(count).isEqualTo(1));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> client.submit(JOB).statusCode() == 201);
    }

    private static Map<String, Long> faults(LogLines lines) {
        return lines.all().stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .collect(Collectors.groupingBy(ILoggingEvent::getLoggerName, Collectors.counting()));
    }

    private void request(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private static int terminateConnections() throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE);
                Statement statement = connection.createStatement();
                var result = statement.executeQuery("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'image-processor' AND state <> 'idle'
                        """)) {
            result.next();
            return result.getInt(1);
        }
    }
}
