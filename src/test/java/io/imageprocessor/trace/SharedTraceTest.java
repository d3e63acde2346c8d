package io.imageprocessor.trace;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.ImageProcessorApplication;
import io.imageprocessor.Photos;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.trace.SpanCollector.Received;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.wiremock.spring.EnableWireMock;

/** What a collector gets to see of a job that two replicas work on. */
@SpringBootTest(classes = SharedTraceTest.OriginAlone.class)
@EnableWireMock
class SharedTraceTest {

    /** The replicas are started by the test. */
    static class OriginAlone {}

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final int IMAGES = 2_000;

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @Test
    void theSpansOfAJobsImagesComeFromEveryReplicaAndAreOfOneTrace() {
        stubFor(get(urlPathEqualTo("/photo.png")).willReturn(aResponse().withBody(Photos.photo("png", 30, 40))));
        String database = TestDatabase.create();
        SpanCollector collector = new SpanCollector();
        try (var first = replica("first", database, collector);
                var _ = replica("second", database, collector)) {
            submit(new ApiClient(first.getEnvironment().getRequiredProperty("local.server.port", Integer.class)));

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(named("image", collector)).hasSize(100));
            Received submission = named("http post /api/submit", collector).getFirst();
            assertThat(submission.replica()).isEqualTo("first");
            assertThat(named("image", collector))
                    .allSatisfy(image -> assertThat(image.parentId()).isEqualTo(submission.id()))
                    .extracting(image -> Integer.valueOf(image.attributes().get("image")))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 100).mapToObj(i -> 20 * i).toList());
            assertThat(named("image", collector)).extracting(Received::replica).contains("first", "second");
        } finally {
            collector.close();
        }
    }

    private static ConfigurableApplicationContext replica(String name, String database, SpanCollector collector) {
        Map<String, String> settings = Map.of(
                "server.port",
                "0",
                "HOSTNAME",
                name,
                "imageprocessor.storage",
                "postgres",
                "spring.datasource.url",
                database,
                "imageprocessor.gpu.slots",
                "8",
                "imageprocessor.gpu.min-time",
                "5ms",
                "imageprocessor.gpu.max-time",
                "5ms",
                "imageprocessor.download.private-networks",
                "allow",
                TracingSwitch.ENDPOINT,
                collector.endpoint(),
                "management.opentelemetry.tracing.export.schedule-delay",
                "50ms");
        return SpringApplication.run(
                ImageProcessorApplication.class,
                settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    private void submit(ApiClient client) {
        String urls = Collections.nCopies(IMAGES, '"' + origin + "/photo.png\"").stream()
                .collect(joining(","));
        String body = """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": [%s]}]}
                """.formatted(urls);
        String traceparent = "00-" + TRACE + "-00f067aa0ba902b7-01";
        client.finished(client.post("/api/submit", body, "Content-Type", "application/json", "traceparent", traceparent)
                .body()
                .replaceAll("\\D", ""));
    }

    private static List<Received> named(String name, SpanCollector collector) {
        return collector.spans(TRACE).stream()
                .filter(span -> span.name().equals(name))
                .toList();
    }
}
