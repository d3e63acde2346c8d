package io.imageprocessor.deploy;

import io.imageprocessor.Scrape.Sample;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What those who watch the service ask of Prometheus, and what Prometheus asks of the service. */
final class Queries {

    /** Lists of labels, and ranges of time. */
    private static final Pattern NO_METERS = Pattern.compile("\\b(by|on|ignoring)\\s*\\([^)]*\\)|group_left|\\[[^]]*]");
    /** A name that is no function's, with the conditions behind it. */
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w\"$.])([a-zA-Z_:][\\w:]*+)(?!\\s*\\()(?:\\{([^}]*)})?");

    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern DOCUMENTED = Pattern.compile("(?s)```promql\n(.*?)```");

    /** Labels that Prometheus itself adds. */
    private static final Set<String> OF_TARGETS = Set.of("job", "instance");

    private Queries() {}

    record Alert(String name, String query, String runbook) {}

    /** A meter with the labels that it is asked by. */
    record Selector(String name, List<LabelMatcher> matchers) {

        /** Whether there is such a sample, and each value of a label that is named, if only to leave it out. */
        boolean isAnsweredBy(List<Sample> samples) {
            List<Map<String, String>> ofTheMeter = samples.stream()
                    .filter(sample -> sample.name().equals(name))
                    .map(Sample::labels)
                    .toList();
            return ofTheMeter.stream().anyMatch(labels -> matchers.stream().allMatch(it -> it.matches(labels)))
                    && matchers.stream().allMatch(it -> ofTheMeter.stream().anyMatch(it::names));
        }
    }

    /** One condition on a label; a label that is not there is as an empty one, as it is to Prometheus. */
    record LabelMatcher(String label, String operator, String value) {

        boolean matches(Map<String, String> labels) {
            return names(labels) != operator.equals("!=");
        }

        private boolean names(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return operator.equals("=~") ? actual.matches(value) : actual.equals(value);
        }
    }

    /** The meters that a query asks for, with what it asks of their own labels. */
    static List<Selector> selectors(String query) {
        return SELECTOR.matcher(NO_METERS.matcher(query).replaceAll(""))
                .results()
                .filter(found -> !KEYWORDS.contains(found.group(1)))
                .map(found -> new Selector(found.group(1), matchers(found.group(2) == null ? "" : found.group(2))))
                .toList();
    }

    private static List<LabelMatcher> matchers(String conditions) {
        return MATCHER.matcher(conditions)
                .results()
                .map(found -> new LabelMatcher(found.group(1), found.group(2), found.group(3)))
                .filter(matcher -> !OF_TARGETS.contains(matcher.label()))
                .toList();
    }

    /** The alerts of {@code rules.yml}. */
    static List<Alert> alerts() {
        return yaml("deploy/prometheus/rules.yml")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> new Alert(
                        rule.path("alert").stringValue(),
                        rule.path("expr").stringValue(),
                        rule.path("annotations").path("runbook_url").stringValue()))
                .toList();
    }

    static List<String> ofAlerts() {
        return alerts().stream().map(Alert::query).toList();
    }

    static List<String> ofTheDashboard() {
        String json = Manifests.text(Path.of("deploy/grafana/dashboards/image-processor.json"));
        return JsonMapper.shared().readTree(json).findValuesAsString("expr");
    }

    static List<String> ofTheDocs() {
        return DOCUMENTED
                .matcher(Manifests.text(Path.of("docs/metrics.md")))
                .results()
                .flatMap(found -> found.group(1).lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /** The names under which Prometheus looks for the service. */
    static List<String> scrapedNames() {
        return yaml("deploy/prometheus/prometheus.yml")
                .path("scrape_configs")
                .valueStream()
                .flatMap(job -> job.path("dns_sd_configs").valueStream())
                .flatMap(lookup -> lookup.path("names").valueStream())
                .map(JsonNode::stringValue)
                .toList();
    }

    /** The names of the service in all profiles of Compose. */
    static List<String> servicesOfCompose() {
        return yaml("docker-compose.yml")
                .path("services")
                .propertyStream()
                .filter(service ->
                        service.getValue().path("image").stringValue().equals("image-processor"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static JsonNode yaml(String file) {
        return JsonMapper.shared().valueToTree(Manifests.fields(Manifests.text(Path.of(file))));
    }
}
