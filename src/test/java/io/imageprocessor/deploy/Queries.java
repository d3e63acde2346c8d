package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the queries of alerts, dashboard and docs, and the scrape configuration of Prometheus. */
final class Queries {

    private static final Pattern PROMQL_BLOCK = Pattern.compile("(?s)```promql\n(.*?)```");
    private static final Pattern ANNOTATION_LABEL = Pattern.compile("\\$labels\\.(\\w+)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    private Queries() {}

    /**
     * A PromQL query.
     *
     * @param shownLabels labels of the result that the text of an alert, or the legend of a panel, contains
     */
    record Query(String expression, Set<String> shownLabels) {}

    record Alert(String name, Query query, String runbook) {}

    /** Returns the alerts of {@code rules.yml}. */
    static List<Alert> alerts() {
        return YamlFiles.tree("deploy/prometheus/rules.yml")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> new Alert(
                        rule.path("alert").stringValue(),
                        new Query(rule.path("expr").stringValue(), labels(ANNOTATION_LABEL, rule.path("annotations"))),
                        rule.path("annotations").path("runbook_url").stringValue()))
                .toList();
    }

    static List<Query> ofAlerts() {
        return alerts().stream().map(Alert::query).toList();
    }

    static List<Query> ofDashboard() {
        String json = Manifests.text(Path.of("deploy/grafana/dashboards/image-processor.json"));
        return JsonMapper.shared().readTree(json).findParents("expr").stream()
                .map(target ->
                        new Query(target.path("expr").stringValue(), labels(LEGEND_LABEL, target.path("legendFormat"))))
                .toList();
    }

    static List<Query> ofDocs() {
        return PROMQL_BLOCK
                .matcher(Manifests.text(Path.of("docs/metrics.md")))
                .results()
                .flatMap(found -> found.group(1).lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(expression -> new Query(expression, Set.of()))
                .toList();
    }

    private static Set<String> labels(Pattern pattern, JsonNode texts) {
        return pattern.matcher(texts.toString())
                .results()
                .map(found -> found.group(1))
                .collect(toSet());
    }

    /** Returns the host names that Prometheus scrapes. */
    static List<String> scrapedNames() {
        return YamlFiles.tree("deploy/prometheus/prometheus.yml")
                .path("scrape_configs")
                .valueStream()
                .flatMap(job -> job.path("dns_sd_configs").valueStream())
                .flatMap(lookup -> lookup.path("names").valueStream())
                .map(JsonNode::stringValue)
                .toList();
    }

    /** Returns the names of the service in all profiles of Compose. */
    static List<String> composeServices() {
        return YamlFiles.tree("docker-compose.yml")
                .path("services")
                .propertyStream()
                .filter(service ->
                        service.getValue().path("image").stringValue().equals("image-processor"))
                .map(Map.Entry::getKey)
                .toList();
    }
}
