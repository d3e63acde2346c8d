package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.deploy.Queries.Alert;
import io.imageprocessor.deploy.Queries.Query;
import io.imageprocessor.deploy.QueryNames.Selector;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Checks that the metrics and labels in alerts, dashboard and docs exist, so that a renamed metric is renamed in them
 * too. promtool checks the syntax and the types of the queries in {@code deploy/prometheus/check}. Only the runs of
 * {@code deploy/prometheus/check} and {@code deploy/grafana/check} find operands whose labels never match.
 */
@ServiceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueriesTest {

    private static final String RUNBOOK = "{{ $externalLabels.repository }}/docs/operations.md#";

    /** Metrics of Prometheus itself, with their labels; an alert also has the labels of rules.yml. */
    private static final Map<String, Set<String>> PROMETHEUS_METRICS =
            Map.of("up", Set.of(), "ALERTS", Set.of("alertname", "alertstate", "severity"));

    private static final Pattern POSTGRES_METRICS =
            Pattern.compile("imageprocessor_(slices_held|commits_waiting|database_away)|hikaricp_\\w+");

    @Value("${imageprocessor.storage:memory}")
    String storage;

    @LocalServerPort
    int port;

    private Scrape scrape = Scrape.of("");

    /** Some metrics exist only after a first call or a first garbage collection, which the JVM reports later. */
    @BeforeAll
    void scrapeAllMetrics() {
        ApiClient client = new ApiClient(port);
        client.submit("{}");
        client.status("1");
        System.gc();
        await().until(() -> {
            scrape = Scrape.of(client.get("/actuator/prometheus").body());
            return scrape.types().containsKey("jvm_gc_pause_seconds");
        });
    }

    @Test
    void alertsUseExistingMetricsAndLabels() {
        assertThat(Queries.ofAlerts())
                .hasSizeGreaterThan(10)
                .allSatisfy(this::usesExistingNames)
                .flatExtracting(Query::shownLabels)
                .contains("instance");
    }

    @Test
    void dashboardUsesExistingMetricsAndLabels() {
        assertThat(Queries.ofDashboard())
                .hasSizeGreaterThan(40)
                .allSatisfy(this::usesExistingNames)
                .flatExtracting(Query::shownLabels)
                .contains("instance", "outcome", "code");
    }

    @Test
    void docsUseExistingMetricsAndLabels() {
        assertThat(Queries.ofDocs()).hasSizeGreaterThan(5).allSatisfy(this::usesExistingNames);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum by (code) (rate(imageprocessor_image_total[5m]))",
                "imageprocessor_submissions_refused_total{reason=\"ful\"}",
                "imageprocessor_images_total{state=\"failed\"}",
                "imageprocessor_images_total{code!=\"store_missing\"}",
                "rate(http_server_requests_seconds_bucket{uri=~\"/submit.*\"}[5m])",
                "max(imageprocessor_jobs) > 0 and imageprocessor_gpu_slot",
                "sum by (kind) (rate(imageprocessor_images_total[5m]))",
                "sum(rate(imageprocessor_images_total[5m])) by (kind)",
                "sum without (state) (imageprocessor_images_total)",
                "imageprocessor_ready == 0 unless on (job, replica) imageprocessor_gpu_slots == 0",
                "imageprocessor_gpu_slots_busy / ignoring (code) imageprocessor_gpu_slots",
                "imageprocessor_gpu_slots * on (instance) group_right (reason) imageprocessor_images_total",
            })
    void findsUnknownNamesAndValues(String expression) {
        assertThat(unknownNames(new Query(expression, Set.of()))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "imageprocessor_images_total > 1e3;                                             state",
                "sum by (code) (imageprocessor_images_total);                                   outcome",
                "sum(imageprocessor_images_total) by (code) / 2;                                outcome",
                "sum(imageprocessor_gpu_slots);                                                 instance",
                "2 * (sum(imageprocessor_images_total));                                        code",
                "sum by (code) (sum by (job) (imageprocessor_images_total));                    code",
                "imageprocessor_ready == 0;                                                     replica",
                "sum without (code) (imageprocessor_images_total);                              code",
                "histogram_quantile(0.5, rate(imageprocessor_gpu_computed_seconds_bucket[5m])); le",
                "max by (job, state) (imageprocessor_jobs{state=\"ongoing\"}) > on (job) sum by (job) (up); state",
                "imageprocessor_images_total / ignoring (code) up;                              code",
                "absent(up{job=\"image-processor\"} == 1);                                      job",
                "absent(up);                                                                    instance",
            })
    void findsLabelsInTextsThatTheResultLacks(String expression, String label) {
        assertThat(unknownNames(new Query(expression, Set.of()))).isEmpty();
        assertThat(unknownNames(new Query(expression, Set.of(label)))).containsExactly(label);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sum(rate(imageprocessor_images_total[5m])) by (code, outcome) / 2;                         code",
                "imageprocessor_images_total / on (instance) group_left imageprocessor_gpu_slots;           outcome",
                "imageprocessor_gpu_slots * on (instance) group_right (job) imageprocessor_images_total;    code",
                "imageprocessor_images_total and on (job) imageprocessor_gpu_slots;                         code",
                "imageprocessor_gpu_slots_busy / on (instance) imageprocessor_gpu_slots;                    instance",
                "1 - imageprocessor_gpu_utilization;                                                        instance",
                "max by (state) (imageprocessor_jobs{state!~\"failed|cancelled\"}) > 1 or vector(0);        state",
                "imageprocessor_ready == 0 unless imageprocessor_database_away == 1;                        instance",
                "absent(up{job=\"image-processor\"} offset 5m);                                             job",
                "sum by (job) (up) > bool 1e3 or sum by (job) (up) != NaN;                                  job",
                "http_server_requests_seconds_count{uri=~\"/api/sub\\\\w+.*\", method=\"POST\"};            uri",
            })
    void acceptsExistingNamesAndValues(String expression, String label) {
        assertThat(unknownNames(new Query(expression, Set.of(label)))).isEmpty();
    }

    @Test
    void everyAlertHasASectionInTheRunbookAndEverySectionAnAlert() {
        List<Alert> alerts = Queries.alerts();
        String operations = Manifests.text(Path.of("docs/operations.md"));
        Set<String> headings = Pattern.compile("(?m)^### (\\w+)$")
                .matcher(operations.substring(operations.indexOf("\n## Alerts\n")))
                .results()
                .map(heading -> heading.group(1))
                .collect(toSet());

        assertThat(alerts).extracting(Alert::name).containsExactlyInAnyOrderElementsOf(headings);
        assertThat(alerts)
                .allSatisfy(alert -> assertThat(alert.runbook())
                        .isEqualTo(RUNBOOK + alert.name().toLowerCase(Locale.ROOT)));
    }

    @Test
    void prometheusScrapesTheServicesOfCompose() {
        List<String> services = Queries.composeServices();

        assertThat(services).isNotEmpty();
        assertThat(Queries.scrapedNames()).containsExactlyInAnyOrderElementsOf(services);
    }

    private void usesExistingNames(Query query) {
        assertThat(unknownNames(query)).as(query.expression()).isEmpty();
    }

    /**
     * Returns the selectors that match no sample of the service, the labels to group or join by that no metric of the
     * query has, and the shown labels that its result does not have.
     */
    private List<String> unknownNames(Query query) {
        QueryNames names = QueryNames.of(query.expression());
        assertThat(names.selectors()).as(query.expression()).isNotEmpty();
        Set<String> known = names.selectors().stream()
                .flatMap(selector -> labels(selector.metric()).stream())
                .collect(toSet());
        Set<String> ofResult = ResultLabels.of(query.expression(), this::labels);
        Stream<String> selectors =
                names.selectors().stream().filter(selector -> !exists(selector)).map(Selector::toString);
        Stream<String> grouping = names.groupingLabels().stream().filter(label -> !known.contains(label));
        Stream<String> shown = query.shownLabels().stream().filter(label -> !ofResult.contains(label));
        return Stream.of(selectors, grouping, shown).flatMap(found -> found).toList();
    }

    private boolean exists(Selector selector) {
        return isOfOtherStorage(selector.metric())
                || PROMETHEUS_METRICS.containsKey(selector.metric())
                || selector.matchesAny(scrape.samples());
    }

    /** The same test with storage=postgres checks these metrics. */
    private boolean isOfOtherStorage(String metric) {
        return storage.equals("memory") && POSTGRES_METRICS.matcher(metric).matches();
    }

    private Set<String> labels(String metric) {
        Stream<String> own = isOfOtherStorage(metric)
                ? Stream.of("pool").filter(_ -> metric.startsWith("hikaricp_"))
                : scrape.samples().stream()
                        .filter(sample -> sample.name().equals(metric))
                        .flatMap(sample -> sample.labels().keySet().stream());
        Set<String> ofPrometheus = PROMETHEUS_METRICS.getOrDefault(metric, Set.of());
        return Stream.of(own, ofPrometheus.stream(), QueryNames.TARGET_LABELS.stream())
                .flatMap(labels -> labels)
                .collect(toSet());
    }
}
