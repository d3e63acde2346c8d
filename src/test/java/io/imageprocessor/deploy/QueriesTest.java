package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.deploy.Queries.Alert;
import io.imageprocessor.deploy.Queries.Question;
import io.imageprocessor.deploy.Queries.Selector;
import io.imageprocessor.deploy.QueryReader.Query;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
 * What alerts, dashboard and docs ask Prometheus for is what the service tells it; so a meter that is renamed is
 * renamed in them too.
 */
@ServiceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueriesTest {

    private static final String RUNBOOK = "{{ $externalLabels.repository }}/docs/operations.md#";
    /** What Prometheus tells itself, with its labels; an alert has those that rules.yml gives it besides. */
    private static final Map<String, Set<String>> OF_PROMETHEUS =
            Map.of("up", Set.of(), "ALERTS", Set.of("alertname", "alertstate", "severity"));

    private static final Pattern OF_POSTGRES =
            Pattern.compile("imageprocessor_(slices_held|commits_waiting|database_away)|hikaricp_\\w+");

    @Value("${imageprocessor.storage:memory}")
    String storage;

    @LocalServerPort
    int port;

    private Scrape scrape = Scrape.of("");

    /**
     * Meters that there are only after a first call, or a first collection of garbage, of which the JVM tells a moment
     * later.
     */
    @BeforeAll
    void scrapeWhatThereIs() {
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
    void alertsAskForWhatTheServiceTells() {
        assertThat(Queries.ofAlerts())
                .hasSizeGreaterThan(10)
                .allSatisfy(this::isAnswered)
                .flatExtracting(Question::told)
                .contains("instance");
    }

    @Test
    void theDashboardAsksForWhatTheServiceTells() {
        assertThat(Queries.ofTheDashboard())
                .hasSizeGreaterThan(40)
                .allSatisfy(this::isAnswered)
                .flatExtracting(Question::told)
                .contains("instance", "outcome", "code");
    }

    @Test
    void theDocsAskForWhatTheServiceTells() {
        assertThat(Queries.ofTheDocs()).hasSizeGreaterThan(5).allSatisfy(this::isAnswered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum by (code) (rate(imageprocessor_image_total[5m]))",
                "imageprocessor_submissions_refused_total{reason=\"ful\"}",
                "imageprocessor_images_total{state=\"failed\"}",
                "imageprocessor_images_total{code!=\"store_missing\"}",
                "histogram_quantile(0.5, sum by (le) (rate(http_server_requests_seconds_bucket{uri=~\"/submit.*\"}[5m])))",
                "max(imageprocessor_jobs) > 0 and imageprocessor_gpu_slot",
                "sum by (kind) (rate(imageprocessor_images_total[5m]))",
                "sum(rate(imageprocessor_images_total[5m])) by (kind)",
                "sum without (state) (imageprocessor_images_total)",
                "sum by (code) (imageprocessor_jobs) / sum(imageprocessor_images_total)",
                "imageprocessor_ready == 0 unless on (job, replica) imageprocessor_gpu_slots == 0",
                "imageprocessor_images_total / on (code) group_left sum(imageprocessor_images_total)",
                "imageprocessor_gpu_slots_busy / ignoring (code) imageprocessor_gpu_slots",
                "max by (state) (sum by (instance) (imageprocessor_jobs))",
                "histogram_quantile(0.5, sum by (outcome) (rate(imageprocessor_downloads_seconds_bucket[5m])))",
                "sum by (code) (imageprocessor_images_total) / sum(imageprocessor_images_total)",
                "sum by (code) (imageprocessor_images_total) / ignoring (code) sum(imageprocessor_images_total)",
                "imageprocessor_images_total > on (instance) imageprocessor_gpu_slots",
                "imageprocessor_gpu_slots * on (instance) group_left imageprocessor_images_total",
                "imageprocessor_ready == on (job) imageprocessor_gpu_slots",
                "imageprocessor_ready and sum(imageprocessor_gpu_slots)",
                "sum by (job) (imageprocessor_ready) unless up",
                "sum(up) or 0",
                "up / ignoring (job) 2",
            })
    void noticesAPlantedMistake(String query) {
        assertThat(mistakes(new Question(query, Set.of()))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sum by (code) (imageprocessor_images_total);                                  outcome",
                "sum(imageprocessor_gpu_slots);                                                instance",
                "imageprocessor_ready == 0;                                                    replica",
                "sum without (code) (imageprocessor_images_total);                             code",
                "histogram_quantile(0.5, rate(imageprocessor_gpu_computed_seconds_bucket[5m])); le",
                "max by (job, state) (imageprocessor_jobs{state=\"ongoing\"}) > on (job) sum by (job) (up); state",
                "absent(up{job=\"image-processor\"} == 1); job",
                "absent(up);                                                                   instance",
            })
    void noticesALabelThatIsToldThoughTheAnswerHasNone(String query, String told) {
        assertThat(mistakes(new Question(query, Set.of()))).isEmpty();
        assertThat(mistakes(new Question(query, Set.of(told))))
                .containsExactly(told + " in what is told of the answer");
    }

    /** No rule may be so strict that a query is written otherwise for it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sum(rate(imageprocessor_images_total[5m])) by (code, outcome) / 2;                         code",
                "imageprocessor_images_total / on (instance) group_left imageprocessor_gpu_slots;           outcome",
                "imageprocessor_gpu_slots * on (instance) group_right (job) imageprocessor_images_total;    code",
                "imageprocessor_ready + 0 == 0 unless on (job, instance) imageprocessor_gpu_slots == 0;     instance",
                "max by (state) (imageprocessor_jobs{state!~\"failed|cancelled\"}) > 1 or vector(0);        state",
                "avg_over_time(imageprocessor_gpu_utilization[5m]) * 2 < 1 and imageprocessor_ready;        instance",
                "imageprocessor_ready == 0 unless imageprocessor_database_away == 1;                        instance",
                "imageprocessor_jobs{state=\"ongoing\"} / ignoring (state) imageprocessor_images_retained;  job",
                "imageprocessor_gpu_slots_busy / on (instance) imageprocessor_gpu_slots;                    instance",
                "imageprocessor_images_total and on (job) imageprocessor_gpu_slots;                         code",
                "absent(up{job=\"image-processor\"});                                                       job",
                "sum by (job) (up) > bool 1e3 or sum by (job) (up) != NaN;                                  job",
                "http_server_requests_seconds_count{uri=~\"/api/sub\\\\w+.*\"};                             uri",
            })
    void takesWhatIsRight(String query, String told) {
        assertThat(mistakes(new Question(query, Set.of(told)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "topk(5, up);             QueryReader does not know the function topk: add it to FUNCTIONS",
                "topk by (job) (5, up);   QueryReader does not know the function topk: add it to FUNCTIONS",
                "sum(up offset 5m);       QueryReader does not know the operator offset: add it to OPERATORS",
                "-up;                     QueryReader does not know the operand -: add it to operand()",
                "up ^ 1;                  QueryReader does not know the token at the start of ^ 1: add it to TOKEN",
                "up{job=~\"a\\.b\"};       QueryReader does not know the token at the start of \"a\\.b\"}: add it to TOKEN",
                "up{job==\"a\"};          = or != or =~ or !~ expected, not ==",
                "up{job=a};               a string expected, not a",
                "up{job=\"a\" code=\"b\"}; , expected, not code",
                "sum(up));                the end expected, not )",
                "sum(up;                  ) expected, not the end",
                "'';                      it ends too early",
            })
    void refusesToJudgeWhatItDoesNotUnderstand(String query, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mistakes(new Question(query, Set.of())))
                .withMessage(message);
    }

    @Test
    void everyAlertHasASectionInTheRunbookAndNoSectionIsOfAnother() {
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
    void prometheusScrapesTheServicesThatComposeStarts() {
        List<String> services = Queries.servicesOfCompose();

        assertThat(services).isNotEmpty();
        assertThat(Queries.scrapedNames()).containsExactlyInAnyOrderElementsOf(services);
    }

    private void isAnswered(Question question) {
        assertThat(mistakes(question)).as(question.query()).isEmpty();
    }

    /**
     * Meters that do not tell what is asked of them, labels where there are none of that name, and operands that do not
     * match.
     */
    private List<String> mistakes(Question question) {
        Query query = QueryReader.read(question.query(), this::labels);
        Stream<String> unanswered = query.selectors().stream()
                .filter(selector -> !isAnswered(selector))
                .map(Selector::toString);
        Stream<String> untold = question.told().stream()
                .filter(label -> !query.labels().contains(label))
                .map(label -> label + " in what is told of the answer");
        return Stream.of(unanswered, query.mistakes().stream(), untold)
                .flatMap(Function.identity())
                .toList();
    }

    private boolean isAnswered(Selector selector) {
        return isElsewhere(selector.name())
                || OF_PROMETHEUS.containsKey(selector.name())
                || selector.isAnsweredBy(scrape.samples());
    }

    private boolean isElsewhere(String meter) {
        return storage.equals("memory") && OF_POSTGRES.matcher(meter).matches();
    }

    /** All that a meter has in Prometheus; of those that are elsewhere the build with a database knows it better. */
    private Set<String> labels(String meter) {
        Stream<String> own = isElsewhere(meter)
                ? Stream.of("pool").filter(_ -> meter.startsWith("hikaricp_"))
                : scrape.samples().stream()
                        .filter(sample -> sample.name().equals(meter))
                        .flatMap(sample -> sample.labels().keySet().stream());
        return Stream.of(own, OF_PROMETHEUS.getOrDefault(meter, Set.of()).stream(), Queries.OF_TARGETS.stream())
                .flatMap(Function.identity())
                .collect(toSet());
    }
}
