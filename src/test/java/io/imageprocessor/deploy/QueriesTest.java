package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.deploy.Queries.Alert;
import io.imageprocessor.deploy.Queries.Selector;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What alerts, dashboard and docs ask Prometheus for is what the service tells it; so a meter that is renamed is renamed in them too. */
@ServiceTest
class QueriesTest {

    private static final String RUNBOOK = "{{ $externalLabels.repository }}/docs/operations.md#";
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");
    private static final Pattern OF_POSTGRES =
            Pattern.compile("imageprocessor_(slices_held|commits_waiting|database_away)|hikaricp_\\w+");

    @Value("${imageprocessor.storage:memory}")
    String storage;

    @LocalServerPort
    int port;

    private Scrape scrape = Scrape.of("");

    /** Meters that there are only after a first call, or a first collection of garbage, of which the JVM tells a moment later. */
    @BeforeEach
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
        assertThat(Queries.ofAlerts()).hasSizeGreaterThan(10).allSatisfy(this::isAnswered);
    }

    @Test
    void theDashboardAsksForWhatTheServiceTells() {
        assertThat(Queries.ofTheDashboard()).hasSizeGreaterThan(40).allSatisfy(this::isAnswered);
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
            })
    void noticesAPlantedMistake(String query) {
        assertThat(Queries.selectors(query)).anyMatch(selector -> !isAnswered(selector));
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

    private void isAnswered(String query) {
        assertThat(Queries.selectors(query)).as(query).isNotEmpty().allMatch(this::isAnswered);
    }

    private boolean isAnswered(Selector selector) {
        boolean elsewhere =
                storage.equals("memory") && OF_POSTGRES.matcher(selector.name()).matches();
        return elsewhere || OF_PROMETHEUS.contains(selector.name()) || selector.isAnsweredBy(scrape.samples());
    }
}
