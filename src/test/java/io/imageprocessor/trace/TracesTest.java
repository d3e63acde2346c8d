package io.imageprocessor.trace;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.moreThanOrExactly;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.verify;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.imageprocessor.ApiClient;
import io.imageprocessor.LogLines;
import io.imageprocessor.Photos;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.trace.SpanCollector.Received;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.wiremock.spring.EnableWireMock;

/** The spans that a collector receives for a job, from its submission on. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.gpu.min-time=20ms",
    "imageprocessor.gpu.max-time=20ms",
    "management.opentelemetry.tracing.export.schedule-delay=50ms",
    "management.tracing.sampling.probability=0"
})
@EnableWireMock
class TracesTest {

    private static final SpanCollector COLLECTOR = new SpanCollector();
    private static final String CALLER = "00f067aa0ba902b7";

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    ApiClient client;

    @DynamicPropertySource
    static void sendSpansToTheCollector(DynamicPropertyRegistry registry) {
        registry.add(TracingActivation.ENDPOINT, COLLECTOR::endpoint);
    }

    @AfterAll
    static void closeCollector() {
        COLLECTOR.close();
    }

    @BeforeEach
    void putPhotoOnTheOrigin() {
        client = new ApiClient(port);
        stubFor(get(urlPathEqualTo("/photo.png")).willReturn(aResponse().withBody(Photos.photo("png", 30, 40))));
    }

    @Test
    void spansOfEachStageOfEachImageAreChildrenOfTheSubmission() {
        String trace = newTraceId();
        String job = submitted(trace, origin + "/photo.png", origin + "/photo.png");

        List<Received> spans = awaitSpans(trace, 7);

        Received submission = only(named(spans, "http post /api/submit"));
        assertThat(submission.parentId()).isEqualTo(CALLER);
        List<Received> images = named(spans, "image");
        assertThat(images).hasSize(2).allSatisfy(image -> {
            assertThat(image.parentId()).isEqualTo(submission.id());
            assertThat(image.error()).isFalse();
            assertThat(image.events()).containsExactly("computed");
            Received download = only(named(childrenOf(image, spans), "download"));
            Received gpu = only(named(childrenOf(image, spans), "gpu"));
            assertThat(download.startNanos()).isGreaterThanOrEqualTo(image.startNanos());
            assertThat(gpu.startNanos()).isGreaterThanOrEqualTo(download.endNanos());
            assertThat(Duration.ofNanos(gpu.endNanos() - gpu.startNanos()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(20));
            assertThat(image.endNanos()).isGreaterThanOrEqualTo(gpu.endNanos());
        });
        assertThat(images)
                .extracting(Received::attributes)
                .containsExactlyInAnyOrder(
                        Map.of("job_id", job, "image", "0", "attempt", "1", "outcome", "succeeded"),
                        Map.of("job_id", job, "image", "1", "attempt", "1", "outcome", "succeeded"));
    }

    @Test
    void failedImageHasItsCodeAndNoGpuSpan() {
        String trace = newTraceId();
        submitted(trace, origin + "/missing.png");

        List<Received> spans = awaitSpans(trace, 3);

        assertThat(spans).extracting(Received::name).containsOnly("http post /api/submit", "image", "download");
        assertThat(only(named(spans, "image")).attributes())
                .containsEntry("outcome", "failed")
                .containsEntry("code", "http_status");
        assertThat(only(named(spans, "download")).attributes()).containsEntry("code", "http_status");
        assertThat(named(spans, "image")).allMatch(Received::error);
    }

    @Test
    void eachAttemptHasItsOwnSpan() {
        stubFor(get("/flaky.png")
                .inScenario("flaky")
                .whenScenarioStateIs(STARTED)
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("recovered"));
        stubFor(get("/flaky.png")
                .inScenario("flaky")
                .whenScenarioStateIs("recovered")
                .willReturn(aResponse().withBody(Photos.photo("png", 30, 40))));
        String trace = newTraceId();
        submitted(trace, origin + "/flaky.png");

        List<Received> images = named(awaitSpans(trace, 6), "image");

        assertThat(images)
                .extracting(
                        image -> image.attributes().get("attempt"),
                        image -> image.attributes().get("outcome"))
                .containsExactlyInAnyOrder(tuple("1", "retried"), tuple("2", "succeeded"));
    }

    @Test
    void largeJobHasASpanForEveryTenthImage() {
        String trace = newTraceId();
        submitted(trace, Collections.nCopies(1_000, origin + "/photo.png").toArray(String[]::new));

        List<Received> images = named(awaitSpans(trace, 301), "image");

        assertThat(images)
                .extracting(image -> Integer.valueOf(image.attributes().get("image")))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> 10 * i).toList());
    }

    @Test
    void retryBelongsToTheTraceOfItsOwnCall() {
        String failed = submitted(newTraceId(), origin + "/missing.png");
        String trace = newTraceId();

        String retry = client.post("/api/jobs/" + failed + "/retry", "", "traceparent", traceparent(trace, "01"))
                .headers()
                .firstValue("Location")
                .orElseThrow();

        assertThat(only(named(awaitSpans(trace, 3), "image")).attributes())
                .containsEntry("job_id", retry.replaceAll("\\D", ""));
    }

    @Test
    void unsampledTraceIsShownByTheJobAndNotExported() {
        String trace = newTraceId();
        String job = submittedAs(traceparent(trace, "00"), origin + "/photo.png");
        // A sampled trace after it: once its spans have arrived, those of the first would have arrived too.
        String other = newTraceId();
        submitted(other, origin + "/photo.png");
        awaitSpans(other, 4);

        assertThat(COLLECTOR.spans(trace)).isEmpty();
        assertThat(client.get("/api/jobs/" + job).body()).contains("\"trace_id\":\"" + trace + "\"");
    }

    @Test
    void jobsHaveTheirTraceIdExceptInTheStatusCall() {
        String trace = newTraceId();
        String job = submitted(trace, origin + "/photo.png");

        assertThat(client.get("/api/jobs/" + job).body()).contains("\"trace_id\":\"" + trace + "\"");
        assertThat(client.get("/api/jobs").body()).contains("\"trace_id\":\"" + trace + "\"");
        assertThat(client.status(job).body()).isEqualTo("{\"status\":\"completed\",\"job_id\":" + job + "}");
    }

    @Test
    void exportsOnlySpansOfClientCallsWithoutUrlsAndStores() {
        String trace = newTraceId();
        client.get("/actuator/prometheus", "traceparent", traceparent(trace, "01"));
        client.get("/api/stores/S00339218", "traceparent", traceparent(trace, "01"));
        submitted(
                trace,
                origin + "/photo.png?token=secret",
                origin.replace("http://", "http://user:secret@") + "/missing.png");

        List<Received> spans = awaitSpans(trace, 7);

        assertThat(spans)
                .extracting(Received::name)
                .contains("http get /api/stores/{id}")
                .doesNotContain("http get /actuator/prometheus");
        assertThat(COLLECTOR.requestLines()).containsExactly("POST /v1/traces");
        assertThat(COLLECTOR.text())
                .contains("image-processor")
                .doesNotContain("secret", "photo.png", "missing.png", "S00339218");
    }

    @Test
    void logLinesOfAJobHaveItsTraceAlsoAfterACancelInAnotherTrace() {
        stubFor(get("/slow.png").willReturn(aResponse().withFixedDelay(5_000)));
        String trace = newTraceId();
        try (LogLines log = new LogLines(Level.INFO)) {
            String job = submitted(traceparent(trace, "01"), List.of(origin + "/slow.png"));
            client.post("/api/jobs/" + job + "/cancel", "", "traceparent", traceparent(newTraceId(), "01"));

            await().untilAsserted(() -> assertThat(log.of(job))
                    .extracting(line -> line.getMDCPropertyMap().get("traceId"))
                    .containsExactly(trace, trace));
        }
    }

    @Test
    void requestsToOriginsHaveNoTraceHeader() {
        submitted(newTraceId(), origin + "/photo.png");

        verify(moreThanOrExactly(1), getRequestedFor(anyUrl()));
        verify(0, getRequestedFor(anyUrl()).withHeader("traceparent", matching(".*")));
    }

    /** Submits a job as part of a trace, waits for its end, and returns its id. */
    private String submitted(String trace, String... urls) {
        return submittedAs(traceparent(trace, "01"), urls);
    }

    private String submittedAs(String traceparent, String... urls) {
        String job = submitted(traceparent, List.of(urls));
        client.finished(job);
        return job;
    }

    private String submitted(String traceparent, List<String> urls) {
        String body = """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": [%s]}]}
                """.formatted(urls.stream().map(url -> '"' + url + '"').collect(joining(",")));
        return client.post("/api/submit", body, "Content-Type", "application/json", "traceparent", traceparent)
                .body()
                .replaceAll("\\D", "");
    }

    private static List<Received> awaitSpans(String trace, int count) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(COLLECTOR.spans(trace)).hasSizeGreaterThanOrEqualTo(count));
        return COLLECTOR.spans(trace);
    }

    private static List<Received> named(List<Received> spans, String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    private static List<Received> childrenOf(Received parent, List<Received> spans) {
        return spans.stream()
                .filter(span -> span.parentId().equals(parent.id()))
                .toList();
    }

    private static Received only(List<Received> spans) {
        assertThat(spans).hasSize(1);
        return spans.getFirst();
    }

    private static String traceparent(String trace, String flags) {
        return "00-" + trace + "-" + CALLER + "-" + flags;
    }

    private static String newTraceId() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
