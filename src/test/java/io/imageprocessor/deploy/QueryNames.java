package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;

import io.imageprocessor.Scrape.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of metrics and labels in a PromQL query. Syntax and types are not checked here: promtool checks them in
 * {@code deploy/prometheus/check}.
 *
 * @param groupingLabels the labels that the query groups or joins by
 */
record QueryNames(List<Selector> selectors, Set<String> groupingLabels) {

    /** Labels that Prometheus adds to every scraped series. */
    static final Set<String> TARGET_LABELS = Set.of("job", "instance");

    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "bool", "by", "without", "offset");
    private static final Set<String> JOINS = Set.of("on", "ignoring", "group_left", "group_right");
    private static final Set<String> NUMBERS = Set.of("NaN", "Inf");

    private static final Pattern LABEL_LIST =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

    private static final String STRING = "\"(?:[^\"\\\\]|\\\\.)*\"";

    /** A name that is no function, with its label matchers. */
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:.])([a-zA-Z_:][\\w:]*+)(?:\\s*+\\{((?:[^\"}]|" + STRING + ")*)}|(?!\\s*\\())");

    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*(" + STRING + ")");

    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");

    /** A metric with the conditions on its labels. */
    record Selector(String metric, List<LabelMatcher> matchers) {

        /** Returns whether a sample matches, and each label value named by a matcher exists, even an excluded one. */
        boolean matchesAny(List<Sample> samples) {
            List<LabelMatcher> own = matchers.stream()
                    .filter(matcher -> !TARGET_LABELS.contains(matcher.label()))
                    .toList();
            List<Map<String, String>> series = samples.stream()
                    .filter(sample -> sample.name().equals(metric))
                    .map(Sample::labels)
                    .toList();
            return series.stream().anyMatch(labels -> own.stream().allMatch(matcher -> matcher.matches(labels)))
                    && own.stream().allMatch(matcher -> series.stream().anyMatch(matcher::hasNamedValue));
        }
    }

    /** A condition on a label. An absent label counts as an empty one, as in Prometheus. */
    record LabelMatcher(String label, String operator, String value) {

        private static LabelMatcher of(MatchResult matcher) {
            String quoted = matcher.group(3);
            String value = quoted.substring(1, quoted.length() - 1).replaceAll("\\\\(.)", "$1");
            return new LabelMatcher(matcher.group(1), matcher.group(2), value);
        }

        boolean matches(Map<String, String> labels) {
            return hasNamedValue(labels) != operator.startsWith("!");
        }

        private boolean hasNamedValue(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return operator.endsWith("~") ? actual.matches(value) : actual.equals(value);
        }
    }

    static QueryNames of(String query) {
        Set<String> groupingLabels = LABEL_LIST
                .matcher(query)
                .results()
                .flatMap(list -> Arrays.stream(list.group(1).split(",")))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .collect(toSet());
        String withoutLists = LABEL_LIST.matcher(query).replaceAll(" ");
        List<Selector> selectors = new ArrayList<>();
        SELECTOR.matcher(RANGE.matcher(withoutLists).replaceAll(" ")).results().forEach(found -> {
            String name = found.group(1);
            if (!KEYWORDS.contains(name) && !JOINS.contains(name) && !NUMBERS.contains(name)) {
                selectors.add(new Selector(name, matchers(found.group(2))));
            }
        });
        return new QueryNames(selectors, groupingLabels);
    }

    private static List<LabelMatcher> matchers(@Nullable String text) {
        return text == null
                ? List.of()
                : MATCHER.matcher(text).results().map(LabelMatcher::of).toList();
    }
}
