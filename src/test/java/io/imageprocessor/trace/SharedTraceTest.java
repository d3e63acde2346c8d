package io.imageprocessor.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.imageprocessor.ApiClient;
import io.imageprocessor.ImageProcessorApplication;
import io.imageprocessor.Photos;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.trace.SpanCollector.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The spans that a collector receives for a job that two replicas process. */
class SharedTraceTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** Eight slices: more than one replica claims, because it downloads only eight images at once. */
    private static final int IMAGES = 2_000;

    private static final byte[] PHOTO = Photos.photo("png", 30, 40);

    private final SpanCollector collector = new SpanCollector();
    private final Set<String> downloading = ConcurrentHashMap.newKeySet();
    private final CountDownLatch bothDownloading = new CountDownLatch(2);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer origin = newServer();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void startOriginThatAnswersOnceBothReplicasDownload() {
        origin.setExecutor(threads);
        origin.createContext("/photo.png", this::answer);
        origin.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (downloading.add(exchange.getRequestHeaders().getFirst("User-Agent"))) {
            bothDownloading.countDown();
        }
        try {
            bothDownloading.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        exchange.sendResponseHeaders(200, PHOTO.length);
        exchange.getResponseBody().write(PHOTO);
        exchange.close();
    }

    @AfterEach
    void stop() {
        collector.close();
        origin.stop(0);
        threads.shutdownNow();
    }

    @Test
    void spansOfBothReplicasBelongToOneTrace() {
        String database = TestDatabase.create();
        try (var first = replica("first", database);
                var _ = replica("second", database)) {
            ApiClient client =
                    new ApiClient(first.getEnvironment().getRequiredProperty("local.server.port", Integer.class));

            assertThat(client.finished(submitted(client), Duration.ofMinutes(1)))
                    .contains("completed");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(received("image").stream().map(SharedTraceTest::index))
                            .containsOnly(everyTwentieth()));
            Received submission = received("http post /api/submit").getFirst();
            assertThat(submission.replica()).isEqualTo("first");
            assertThat(received("image"))
                    .allMatch(image -> image.parentId().equals(submission.id()))
                    .extracting(Received::replica)
                    .contains("first", "second");
        }
    }

    private static Integer index(Received image) {
        return Integer.valueOf(image.attributes().get("image"));
    }

    private static Integer[] everyTwentieth() {
        return IntStream.range(0, 100).mapToObj(i -> 20 * i).toArray(Integer[]::new);
    }

    private ConfigurableApplicationContext replica(String name, String database) {
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("server.port", 0),
                Map.entry("HOSTNAME", name),
                Map.entry("imageprocessor.download.contact", name),
                Map.entry("imageprocessor.storage", "postgres"),
                Map.entry("spring.datasource.url", database),
                Map.entry("imageprocessor.gpu.slots", 8),
                Map.entry("imageprocessor.gpu.min-time", "5ms"),
                Map.entry("imageprocessor.gpu.max-time", "5ms"),
                Map.entry("imageprocessor.download.concurrency", 8),
                Map.entry("imageprocessor.download.private-networks", "allow"),
                Map.entry(TracingActivation.ENDPOINT, collector.endpoint()),
                Map.entry("management.opentelemetry.tracing.export.otlp.timeout", "10s"),
                Map.entry("management.opentelemetry.tracing.export.schedule-delay", "50ms"));
        return SpringApplication.run(
                ImageProcessorApplication.class,
                settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    /** Submits a job as part of the trace and returns its id. */
    private String submitted(ApiClient client) {
        String url = "\"http://localhost:" + origin.getAddress().getPort() + "/photo.png\"";
        String body = """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": [%s]}]}
                """.formatted(String.join(",", Collections.nCopies(IMAGES, url)));
        String traceparent = "00-" + TRACE + "-00f067aa0ba902b7-01";
        HttpResponse<String> answer =
                client.post("/api/submit", body, "Content-Type", "application/json", "traceparent", traceparent);
        assertThat(answer.statusCode()).isEqualTo(201);
        return answer.body().replaceAll("\\D", "");
    }

    /** Returns the received spans of this name. */
    private List<Received> received(String name) {
        return collector.spans(TRACE).stream()
                .filter(span -> span.name().equals(name))
                .toList();
    }
}
