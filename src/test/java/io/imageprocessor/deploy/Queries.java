package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;

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

    private static final Pattern DOCUMENTED = Pattern.compile("(?s)```promql\n(.*?)```");
    private static final Pattern OF_ANSWER = Pattern.compile("\\$labels\\.(\\w+)");
    private static final Pattern OF_LEGEND = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    /** Labels that Prometheus itself adds. */
    static final Set<String> OF_TARGETS = Set.of("job", "instance");

    private Queries() {}

    /**
     * A query, and what is made of its answer.
     *
     * @param told labels of the answer that the text of an alert, or the legend of a panel, repeats
     */
    record Question(String query, Set<String> told) {}

    record Alert(String name, Question question, String runbook) {}

    /** A meter with the labels that it is asked by. */
    record Selector(String name, List<LabelMatcher> matchers) {

        /**
         * Whether there is such a sample, and each value of a label of its own that is named, if only to leave it out.
         */
        boolean isAnsweredBy(List<Sample> samples) {
            List<LabelMatcher> own = matchers.stream()
                    .filter(matcher -> !OF_TARGETS.contains(matcher.label()))
                    .toList();
            List<Map<String, String>> ofTheMeter = samples.stream()
                    .filter(sample -> sample.name().equals(name))
                    .map(Sample::labels)
                    .toList();
            return ofTheMeter.stream().anyMatch(labels -> own.stream().allMatch(it -> it.matches(labels)))
                    && own.stream().allMatch(it -> ofTheMeter.stream().anyMatch(it::names));
        }
    }

    /** One condition on a label; a label that is not there is as an empty one, as it is to Prometheus. */
    record LabelMatcher(String label, String operator, String value) {

        boolean matches(Map<String, String> labels) {
            return names(labels) != operator.startsWith("!");
        }

        private boolean names(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return operator.endsWith("~") ? actual.matches(value) : actual.equals(value);
        }
    }

    /** The alerts of {@code rules.yml}. */
    static List<Alert> alerts() {
        return YamlFiles.tree("deploy/prometheus/rules.yml")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> new Alert(
                        rule.path("alert").stringValue(),
                        new Question(rule.path("expr").stringValue(), labels(OF_ANSWER, rule.path("annotations"))),
                        rule.path("annotations").path("runbook_url").stringValue()))
                .toList();
    }

    static List<Question> ofAlerts() {
        return alerts().stream().map(Alert::question).toList();
    }

    static List<Question> ofTheDashboard() {
        String json = Manifests.text(Path.of("deploy/grafana/dashboards/image-processor.json"));
        return JsonMapper.shared().readTree(json).findParents("expr").stream()
                .map(target ->
                        new Question(target.path("expr").stringValue(), labels(OF_LEGEND, target.path("legendFormat"))))
                .toList();
    }

    static List<Question> ofTheDocs() {
        return DOCUMENTED
                .matcher(Manifests.text(Path.of("docs/metrics.md")))
                .results()
                .flatMap(found -> found.group(1).lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(query -> new Question(query, Set.of()))
                .toList();
    }

    private static Set<String> labels(Pattern pattern, JsonNode texts) {
        return pattern.matcher(texts.toString())
                .results()
                .map(found -> found.group(1))
                .collect(toSet());
    }

    /** The names under which Prometheus looks for the service. */
    static List<String> scrapedNames() {
        return YamlFiles.tree("deploy/prometheus/prometheus.yml")
                .path("scrape_configs")
                .valueStream()
                .flatMap(job -> job.path("dns_sd_configs").valueStream())
                .flatMap(lookup -> lookup.path("names").valueStream())
                .map(JsonNode::stringValue)
                .toList();
    }

    /** The names of the service in all profiles of Compose. */
    static List<String> servicesOfCompose() {
        return YamlFiles.tree("docker-compose.yml")
                .path("services")
                .propertyStream()
                .filter(service ->
                        service.getValue().path("image").stringValue().equals("image-processor"))
                .map(Map.Entry::getKey)
                .toList();
    }
}
