package io.imageprocessor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that request large responses and do not read them, with a small heap. */
class UnreadResponsesTest {

    private static final int STORES = 100_000;

    /** Fewer than the web server has threads, so that the heap decides. */
    private static final int CLIENTS = 150;

    /** Nearly as many as may wait with this heap. */
    private static final int WAITING = 350;

    private static final int BUFFER_BYTES = 4_096;

    private final List<Socket> sockets = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void disconnect() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void holdLittleOfTheHeap() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(folder, List.of("-Xmx256m"))) {
            String job = service.client.submitted(jobOfUnknownStores());

            for (String path : List.of("/api/status?jobid=" + job, "/api/jobs/" + job + "/failed-stores?limit=1000")) {
                for (int i = 0; i < CLIENTS; i++) {
                    requestWithoutReading(service.client.port(), path);
                }
                // The requests are being answered, and another one is too.
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> sockets.getLast().getInputStream().available() > 0);
                assertThat(service.client.get("/actuator/health/liveness").statusCode())
                        .isEqualTo(200);
                assertThat(service.client.get("/api/jobs/" + job).body())
                        .contains("\"failed_stores_count\":" + STORES)
                        .hasSizeLessThan(20_000);
                disconnect();
                sockets.clear();
            }

            assertThat(service.client.status(job).body())
                    .endsWith(",{\"store_id\":\"unknown-%d\",\"error\":\"store not found\"}]}".formatted(STORES - 1));
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void areBuiltWhereTheyAreWritten() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                        folder, List.of("-Xmx256m"), "imageprocessor.download.private-networks=allow");
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String job = service.client.submitted(ongoingJob(silent.getLocalPort()));
            for (int i = 0; i < WAITING; i++) {
                requestWithoutReading(service.client.port(), "/api/jobs/" + job + "?wait=60s");
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            Scrape.of(service.client.get("/actuator/prometheus").body())
                                            .value("imageprocessor_requests_held")
                                    == WAITING);

            service.client.method("POST", "/api/jobs/" + job + "/cancel");

            for (Socket socket : sockets) {
                assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                        .isEqualTo("HTTP/1.1 200");
            }
            assertThat(service.client.get("/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            service.terminate();
            assertThat(service.exitCode()).isEqualTo(143);
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    private void requestWithoutReading(int port, String path) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(BUFFER_BYTES);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        .formatted(path)
                        .getBytes(US_ASCII));
    }

    private static String jobOfUnknownStores() {
        return job(STORES, IntStream.range(0, STORES).mapToObj(i -> visit("unknown-" + i, "http://a/0")));
    }

    /** A job whose 20,000 failed stores are known at once, and whose last image waits for a response. */
    private static String ongoingJob(int silentPort) {
        int stores = 20_000;
        return job(
                stores + 1,
                IntStream.rangeClosed(0, stores)
                        .mapToObj(i ->
                                visit(i < stores ? "unknown-" + i : "S00339218", "http://127.0.0.1:" + silentPort)));
    }

    private static String job(int visits, Stream<String> all) {
        return "{\"count\": %d, \"visits\": [%s]}".formatted(visits, all.collect(joining(",")));
    }

    private static String visit(String store, String url) {
        return "{\"store_id\":\"%s\",\"image_url\":[\"%s\"],\"visit_time\":\"2026-01-01\"}".formatted(store, url);
    }
}
