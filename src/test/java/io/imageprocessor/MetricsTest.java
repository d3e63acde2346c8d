package io.imageprocessor;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;

/**
 * Checks that a scrape returns exactly the metrics of the service that docs/metrics.md documents, and that a job
 * changes their values as documented.
 */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=7",
    "imageprocessor.gpu.slots=5",
    "imageprocessor.gpu.min-time=1ms",
    "imageprocessor.gpu.max-time=1ms",
    "imageprocessor.jobs.max-pending-images=50"
})
@EnableWireMock
class MetricsTest {

    private static final byte[] PHOTO = Photos.photo("png", 10, 10);
    private static final Pattern CODE = Pattern.compile("`(\\w+)`");

    /** A row of the first two tables of docs/metrics.md. */
    private record Documented(String name, String type, String unit, Set<String> labels) {

        static Documented of(String[] cells) {
            return new Documented(
                    codes(cells[1]).iterator().next(), cells[2].strip(), cells[3].strip(), codes(cells[4]));
        }
    }

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @Value("${imageprocessor.storage:memory}")
    String storage;

    @LocalServerPort
    int port;

    private ApiClient client;

    @BeforeEach
    void serve() {
        client = new ApiClient(port);
        stubFor(get("/photo.png").willReturn(aResponse().withBody(PHOTO)));
        stubFor(get("/missing.png").willReturn(aResponse().withStatus(404)));
        stubFor(get("/late.png")
                .inScenario("late")
                .whenScenarioStateIs(STARTED)
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("there"));
        stubFor(get("/late.png")
                .inScenario("late")
                .whenScenarioStateIs("there")
                .willReturn(aResponse().withBody(PHOTO)));
    }

    @Test
    void returnsExactlyTheDocumentedMeters() throws IOException {
        Scrape scrape = scrape();
        Map<String, Documented> documented = documented();

        assertThat(ours(scrape)).isEqualTo(new TreeSet<>(documented.keySet()));
        assertThat(documented.values()).allSatisfy(meter -> {
            assertThat(scrape.types().get(meter.name())).as(meter.name()).isEqualTo(meter.type());
            assertThat(meter.name().replaceFirst("_total$", "").matches(".*_(seconds|bytes)"))
                    .as("unit of " + meter.name())
                    .isEqualTo(!meter.unit().isEmpty());
            assertThat(meter.name()).contains(meter.unit());
            assertThat(scrape.samplesOf(meter.name())).isNotEmpty().allSatisfy(sample -> {
                Set<String> labels = new HashSet<>(sample.labels().keySet());
                labels.remove("le");
                assertThat(labels).isEqualTo(meter.labels());
            });
        });
    }

    @Test
    void labelsHaveExactlyTheDocumentedValues() throws IOException {
        Scrape scrape = scrape();
        Map<String, Set<String>> values = documented().keySet().stream()
                .flatMap(scrape::samplesOf)
                .flatMap(sample -> sample.labels().entrySet().stream())
                .filter(label -> !label.getKey().equals("le"))
                .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toSet())));

        assertThat(values).isEqualTo(documentedValues()).containsOnlyKeys("code", "outcome", "reason", "state");
    }

    @Test
    void countsTheImagesOfAJob() {
        Scrape before = scrape();
        String job = client.submitted("""
                {"count": 2, "visits": [
                  {"store_id": "S00339218", "visit_time": "2023-03-15",
                   "image_url": ["%1$s/photo.png", "%1$s/photo.png", "%1$s/missing.png", "%1$s/late.png",
                     "http://localhost:22/b.png"]},
                  {"store_id": "nowhere", "visit_time": "2023-03-15", "image_url": ["%1$s/photo.png"]}]}
                """.formatted(origin));
        assertThat(client.finished(job)).contains("failed");
        // The last result is counted a moment after a client can see it.
        await().until(() -> scrape().value("imageprocessor_images_running") == 0);

        Rise rise = new Rise(before, scrape());
        assertThat(rise.of("imageprocessor_images_total", "outcome", "succeeded", "code", "none"))
                .isEqualTo(3);
        for (String code : List.of("http_status", "address_denied", "store_not_found")) {
            assertThat(rise.of("imageprocessor_images_total", "outcome", "failed", "code", code))
                    .as(code)
                    .isEqualTo(1);
        }
        assertThat(rise.of("imageprocessor_downloads_retried_total", "code", "http_status"))
                .isEqualTo(1);
        assertThat(rise.of("imageprocessor_downloads_seconds_count", "outcome", "succeeded"))
                .isEqualTo(3);
        assertThat(rise.of("imageprocessor_downloads_seconds_count", "outcome", "failed"))
                .isEqualTo(3);
        assertThat(rise.of("imageprocessor_images_waited_seconds_count")).isEqualTo(6);
        assertThat(rise.of("imageprocessor_images_processed_seconds_count", "outcome", "succeeded"))
                .isEqualTo(3);
        assertThat(rise.of("imageprocessor_images_processed_seconds_count", "outcome", "failed"))
                .isEqualTo(2);
        assertThat(rise.of("imageprocessor_gpu_computed_seconds_sum")).isEqualTo(0.003);
        assertThat(rise.of("imageprocessor_downloads_received_bytes_total")).isEqualTo(3.0 * PHOTO.length);
        assertThat(rise.after().value("imageprocessor_gpu_slots")).isEqualTo(5);
        assertThat(rise.after().value("imageprocessor_gpu_utilization")).isZero();
        assertThat(rise.after().value("imageprocessor_downloads_permits")).isEqualTo(7);
        assertThat(rise.after().value("imageprocessor_downloads_in_flight_bytes"))
                .isZero();
        assertThat(rise.after().value("imageprocessor_images_pending")).isZero();
        assertThat(rise.after().value("imageprocessor_images_pending_limit")).isEqualTo(50);
        assertThat(rise.after().value("imageprocessor_stores")).isPositive();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Scrape counted = scrape();
            assertThat(counted.value("imageprocessor_jobs", "state", "failed")).isEqualTo(1);
            assertThat(counted.value("imageprocessor_images_retained")).isEqualTo(6);
        });
    }

    @Test
    void countsRejectedSubmissions() {
        Scrape before = scrape();
        String urls = String.join("\",\"", Collections.nCopies(51, origin + "/photo.png"));

        String job = """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["%s"]}]}""".formatted(urls);
        assertThat(client.submit(job).statusCode()).isEqualTo(503);

        Rise rise = new Rise(before, scrape());
        assertThat(rise.of("imageprocessor_submissions_refused_total", "reason", "full"))
                .isEqualTo(1);
        assertThat(rise.of("imageprocessor_submissions_refused_total", "reason", "stopping"))
                .isZero();
    }

    @Test
    void timesRequestsByUriTemplate() {
        client.get("/api/jobs/123/images");
        client.get("/api/jobs/456/images");

        assertThat(scrape().samples().stream()
                        .filter(sample -> sample.name().equals("http_server_requests_seconds_count"))
                        .map(sample -> sample.labels().get("uri")))
                .contains("/api/jobs/{id}/images")
                .noneMatch(uri -> uri.contains("123"));
    }

    @Test
    void measuresTheConnectionPoolOfADatabase() {
        assertThat(scrape().types().containsKey("hikaricp_connections")).isEqualTo(storage.equals("postgres"));
    }

    private record Rise(Scrape before, Scrape after) {

        double of(String name, String... labels) {
            double rise = after.value(name, labels) - before.value(name, labels);
            // The values are exact to the microsecond, but sums of doubles are not.
            return Math.round(rise * 1e6) / 1e6;
        }
    }

    private Scrape scrape() {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }

    /** Returns the names of the meters of this service, without the maximum that each histogram adds. */
    private static Set<String> ours(Scrape scrape) {
        return scrape.types().keySet().stream()
                .filter(name -> name.startsWith("imageprocessor_"))
                .filter(name -> !"histogram".equals(scrape.types().get(name.replaceFirst("_max$", "")))
                        || !name.endsWith("_max"))
                .collect(toCollection(TreeSet::new));
    }

    private Map<String, Documented> documented() throws IOException {
        Set<String> ofPostgres =
                Set.of("imageprocessor_slices_held", "imageprocessor_commits_waiting", "imageprocessor_database_away");
        return rows("imageprocessor_")
                .map(Documented::of)
                .filter(meter -> storage.equals("postgres") || !ofPostgres.contains(meter.name()))
                .collect(toMap(Documented::name, Function.identity()));
    }

    private static Map<String, Set<String>> documentedValues() throws IOException {
        return rows("(?!imageprocessor_)")
                .collect(toMap(cells -> codes(cells[1]).iterator().next(), cells -> codes(cells[2])));
    }

    /** Returns the table rows that begin with the given code, split into cells; the first cell has index 1. */
    private static Stream<String[]> rows(String codeBegins) throws IOException {
        return Files.readAllLines(Path.of("docs", "metrics.md")).stream()
                .filter(line -> line.matches("\\| `" + codeBegins + ".*"))
                .map(line -> line.split("\\|", -1));
    }

    private static Set<String> codes(String text) {
        return CODE.matcher(text).results().map(match -> match.group(1)).collect(toSet());
    }
}
