package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;

/** Clients and a database that make libraries log the same line again and again. */
@OwnDatabase
class LogFloodTest {

    private static final Duration MAX_FLOOD = Duration.ofMinutes(3);

    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x", "y"]}]}
            """;

    @LocalServerPort
    int port;

    @Autowired
    ServiceDatabase database;

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

            assertOneLineAMinute(lines);
        }
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
    void lostConnectionsDriveFewLines() throws Exception {
        ApiClient client = new ApiClient(port);
        client.finished(client.submitted(JOB));
        try (LogLines lines = new LogLines(Level.INFO)) {
            int lost = 0;
            try (BusyClients clients = new BusyClients(port)) {
                long start = System.nanoTime();
                while (clients.areRunning() && clients.faults().isEmpty() && (lost < 300 || clients.rejected() < 20)) {
                    lost += terminateConnections();
                    assertThat(System.nanoTime() - start).isLessThan(MAX_FLOOD.toNanos());
                }
                assertThat(clients.faults()).isEmpty();
            }

            assertOneLineAMinute(lines);
            assertThat(lines.inFile()).hasSizeLessThanOrEqualTo(10 * LogLines.begunMinutes(lines.all()));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> client.submit(JOB).statusCode() == 201);
    }

    private static void assertOneLineAMinute(LogLines lines) {
        Map<String, List<ILoggingEvent>> faults = lines.all().stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .collect(Collectors.groupingBy(ILoggingEvent::getLoggerName));
        assertThat(faults)
                .allSatisfy((_, ofLogger) ->
                        assertThat(ofLogger).hasSizeLessThanOrEqualTo(LogLines.begunMinutes(ofLogger)));
    }

    private void request(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private int terminateConnections() throws SQLException {
        return database.count("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'image-processor' AND state <> 'idle'
                """);
    }
}
