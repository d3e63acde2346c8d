package io.imageprocessor.deploy;

import io.imageprocessor.Scrape.Sample;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** What those who watch the service ask of Prometheus, and what Prometheus asks of the service. */
final class Queries {

    private static final Pattern NO_METERS =
            Pattern.compile("\\b(by|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)|\\[[^]]*]");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w\"$.])([a-zA-Z_:][\\w:]*+)(?!\\s*\\()(?:\\{([^}]*)})?");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "group_left");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern DOCUMENTED = Pattern.compile("(?s)```promql\n(.*?)```");

    /** Labels that Prometheus itself adds. */
    private static final Set<String> OF_TARGETS = Set.of("job", "instance");

    private Queries() {}

    /** A meter with the labels that it is asked by. */
    record Selector(String name, List<LabelMatcher> matchers) {

        boolean matches(Sample sample) {
            return sample.name().equals(name) && matchers.stream().allMatch(it -> it.matches(sample.labels()));
        }
    }

    /** One condition on a label; a label that is not there is as an empty one, as it is to Prometheus. */
    record LabelMatcher(String label, String operator, String value) {

        boolean matches(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                default -> actual.matches(value);
            };
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

    /** The rules of {@code rules.yml}, each as it is written. */
    static List<Map<String, Object>> alerts() {
        return maps(yaml("deploy/prometheus/rules.yml").get("groups")).stream()
                .flatMap(group -> maps(group.get("rules")).stream())
                .toList();
    }

    static List<String> ofAlerts() {
        return alerts().stream().map(alert -> (String) alert.get("expr")).toList();
    }

    static List<String> ofTheDashboard() {
        String json = Manifests.text(Path.of("deploy/grafana/dashboards/image-processor.json"));
        return JsonMapper.shared().readTree(json).findValuesAsString("expr");
    }

    static List<String> ofTheDocs() {
        Matcher block = DOCUMENTED.matcher(Manifests.text(Path.of("docs/metrics.md")));
        return block.results()
                .flatMap(found -> found.group(1).lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /** The names under which Prometheus looks for the service. */
    static List<String> scrapedNames() {
        return maps(yaml("deploy/prometheus/prometheus.yml").get("scrape_configs")).stream()
                .filter(job -> job.containsKey("dns_sd_configs"))
                .flatMap(job -> maps(job.get("dns_sd_configs")).stream())
                .flatMap(names -> ((Collection<?>) names.get("names")).stream())
                .map(String.class::cast)
                .toList();
    }

    /** The names of the service in each profile of Compose. */
    static Set<String> servicesOfCompose() {
        return map(yaml("docker-compose.yml").get("services")).entrySet().stream()
                .filter(service -> "image-processor".equals(map(service.getValue()).get("image")))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static Map<String, Object> yaml(String file) {
        return Manifests.fields(Manifests.text(Path.of(file)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> maps(Object yaml) {
        return (List<Map<String, Object>>) yaml;
    }
}
