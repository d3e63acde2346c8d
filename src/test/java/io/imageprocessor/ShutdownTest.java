package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShutdownTest {

    private static final byte[] PHOTO = Photos.photo("png", 2, 2);

    @TempDir
    Path folder;

    private final AtomicInteger photosServed = new AtomicInteger();
    private HttpServer origin;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, PHOTO.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(PHOTO);
            }
            photosServed.incrementAndGet();
        });
        origin.start();
    }

    @AfterEach
    void stopOrigin() {
        origin.stop(0);
    }

    @Test
    void finishesRunningImagesAndReportsUnfinishedWork() throws Exception {
        try (ServiceProcess service = start("5s", "30s")) {
            String id = service.client.submitted(jobOfThreeImages());
            // One image is on the only slot, one was downloaded ahead, one waits.
            await().atMost(Duration.ofSeconds(10)).until(() -> photosServed.get() == 2);

            service.terminate();

            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() ->
                            service.client.get("/actuator/health/readiness").statusCode() == 503);
            assertThat(service.client.get("/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            HttpResponse<String> rejected = service.client.submit(jobOfThreeImages());
            assertThat(rejected.statusCode()).isEqualTo(503);
            assertThat(rejected.body()).isEqualTo("{\"error\":\"the service is shutting down\"}");
            assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
            assertThat(Scrape.of(service.client.get("/actuator/prometheus").body())
                            .value("imageprocessor_submissions_refused_total", "reason", "stopping"))
                    .isEqualTo(1);
            assertThat(service.client.status(id).body()).contains("ongoing");
            assertThat(service.exitCode()).isEqualTo(128 + 15);
            assertThat(service.log())
                    .contains("stopped; unfinished: 1 jobs, 1 images")
                    .doesNotContain("ERROR");
            assertThat(photosServed).hasValue(2);
        }
    }

    @Test
    void stopsInTimeDuringLongWork() throws Exception {
        try (ServiceProcess service = start("1h", "500ms")) {
            service.client.submitted(jobOfThreeImages());
            await().atMost(Duration.ofSeconds(10)).until(() -> photosServed.get() == 2);

            service.terminate();

            assertThat(service.exitCode()).isEqualTo(128 + 15);
            assertThat(service.log())
                    .contains("stopped; unfinished: 1 jobs, 3 images")
                    .doesNotContain("ERROR");
        }
    }

    @Test
    void doesNotWaitForListeners() throws Exception {
        try (ServiceProcess service = start("1s", "30s")) {
            String id = service.client.submitted(jobOfThreeImages());
            CompletableFuture<HttpResponse<String>> events =
                    CompletableFuture.supplyAsync(() -> service.client.get("/api/jobs/" + id + "/events"));
            await().atMost(Duration.ofSeconds(10)).until(() -> photosServed.get() == 2);

            service.terminate();

            // Three seconds of work and stopping; the web server would wait 30 s for an open response.
            assertThat(service.exitCode(Duration.ofSeconds(20))).isEqualTo(128 + 15);
            assertThat(events).succeedsWithin(Duration.ofSeconds(5));
            assertThat(events.join().body()).contains("\"ongoing\"").doesNotContain("finished");
            assertThat(service.log())
                    .contains("stopped; unfinished: 1 jobs, 1 images")
                    .doesNotContain("ERROR");
        }
    }

    @Test
    void doesNotWaitForASilentCollector() throws Exception {
        try (ServerSocket collector = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServiceProcess service = start(
                        "0ms",
                        "30s",
                        "management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:"
                                + collector.getLocalPort(),
                        "management.opentelemetry.tracing.export.max-batch-size=32")) {
            String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            for (int i = 0; i < 100; i++) {
                // Three spans for each image and one for the call, in a dozen batches.
                service.client.post(
                        "/api/submit", jobOfThreeImages(), "Content-Type", "application/json", "traceparent", trace);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> photosServed.get() == 300);

            service.terminate();

            // OpenTelemetry would wait ten seconds, five times as long as one batch may take.
            assertThat(service.exitCode(Duration.ofSeconds(9))).isEqualTo(128 + 15);
            assertThat(service.log()).contains("stopped").doesNotContain("shutdown() multiple times");
        }
    }

    private ServiceProcess start(String gpuTime, String gracePeriod, String... settings) throws IOException {
        return ServiceProcess.start(
                folder,
                Stream.concat(settings(gpuTime, gracePeriod), Stream.of(settings))
                        .toArray(String[]::new));
    }

    private static Stream<String> settings(String gpuTime, String gracePeriod) {
        return Stream.of(
                "imageprocessor.gpu.slots=1",
                "imageprocessor.gpu.min-time=" + gpuTime,
                "imageprocessor.gpu.max-time=" + gpuTime,
                "imageprocessor.download.concurrency=1",
                "imageprocessor.download.private-networks=allow",
                "spring.lifecycle.timeout-per-shutdown-phase=" + gracePeriod);
    }

    private String jobOfThreeImages() {
        String url = "\"http://localhost:" + origin.getAddress().getPort() + "/photo.png\"";
        return """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15",
                  "image_url": [%1$s, %1$s, %1$s]}]}""".formatted(url);
    }
}
