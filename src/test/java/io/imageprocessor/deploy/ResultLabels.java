package io.imageprocessor.deploy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Computes which labels the result of a PromQL query has, by the rules of <a
 * href="https://prometheus.io/docs/prometheus/latest/querying/operators/">its operators</a>. It reads only the part of
 * the language that the queries of this project use, and expects valid queries: promtool checks the syntax.
 */
final class ResultLabels {

    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[a-zA-Z_:][\\w:]*|[\\d.]+\\w*|[=!<>]=|=~|!~|\\S");

    private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count");
    private static final Set<String> NUMBERS = Set.of("NaN", "Inf");
    private static final Set<String> SET_OPERATORS = Set.of("or", "and", "unless");

    /** The binary operators, those that bind least first. */
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("or"),
            Set.of("and", "unless"),
            Set.of("==", "!=", ">", "<", ">=", "<="),
            Set.of("+", "-"),
            Set.of("*", "/", "%"));

    private final List<String> tokens;
    private final Function<String, Set<String>> labelsOfMetric;
    private int next;

    private ResultLabels(String query, Function<String, Set<String>> labelsOfMetric) {
        this.tokens = TOKEN.matcher(query).results().map(MatchResult::group).toList();
        this.labelsOfMetric = labelsOfMetric;
    }

    static Set<String> of(String query, Function<String, Set<String>> labelsOfMetric) {
        ResultLabels reader = new ResultLabels(query, labelsOfMetric);
        Set<String> labels = reader.expression(0);
        if (reader.next < reader.tokens.size()) {
            throw new IllegalArgumentException("%s not expected in %s".formatted(reader.peek(), query));
        }
        return labels;
    }

    private Set<String> expression(int level) {
        if (level == OPERATORS.size()) {
            return operand();
        }
        Set<String> left = expression(level + 1);
        while (OPERATORS.get(level).contains(peek())) {
            left = binary(left, level);
        }
        return left;
    }

    private Set<String> binary(Set<String> left, int level) {
        String operator = take();
        skip("bool");
        String matching = peek();
        Set<String> matched = matching.equals("on") || matching.equals("ignoring") ? list() : Set.of();
        String group = peek();
        Set<String> copied = group.startsWith("group_") ? list() : Set.of();
        Set<String> right = expression(level + 1);
        if (SET_OPERATORS.contains(operator)) {
            return operator.equals("or") ? union(left, right) : left;
        }
        return switch (group) {
            case "group_left" -> union(left, copied);
            case "group_right" -> union(right, copied);
            default ->
                switch (matching) {
                    case "on" -> intersection(left, matched);
                    case "ignoring" -> difference(left, matched);
                    // A number has no labels.
                    default -> left.isEmpty() ? right : left;
                };
        };
    }

    private Set<String> operand() {
        String token = take();
        Set<String> labels;
        if (token.equals("(")) {
            labels = expression(0);
            expect(")");
        } else if (AGGREGATIONS.contains(token)) {
            labels = aggregation();
        } else if (peek().equals("(")) {
            labels = token.startsWith("absent") ? absent() : function(token);
        } else if (Character.isLetter(token.charAt(0)) && !NUMBERS.contains(token)) {
            equalityMatchers();
            labels = labelsOfMetric.apply(token);
        } else {
            labels = Set.of();
        }
        skipRangeAndOffset();
        return labels;
    }

    private Set<String> aggregation() {
        String before = peek();
        Set<String> listed = before.equals("(") ? Set.of() : list();
        Set<String> all = arguments();
        String grouping = before;
        if (before.equals("(")) {
            grouping = peek();
            listed = grouping.equals("by") || grouping.equals("without") ? list() : Set.of();
        }
        return grouping.equals("without") ? difference(all, listed) : intersection(all, listed);
    }

    private Set<String> function(String name) {
        Set<String> labels = arguments();
        return switch (name) {
            case "histogram_quantile" -> difference(labels, Set.of("le"));
            case "scalar" -> Set.of();
            default -> labels;
        };
    }

    /** Only from a plain selector does {@code absent} take labels: those of its equality matchers. */
    private Set<String> absent() {
        int start = next;
        expect("(");
        take();
        Set<String> labels = equalityMatchers();
        skipRangeAndOffset();
        if (skip(")")) {
            return labels;
        }
        next = start;
        arguments();
        return Set.of();
    }

    private Set<String> arguments() {
        expect("(");
        Set<String> labels = Set.of();
        do {
            labels = union(labels, expression(0));
        } while (skip(","));
        expect(")");
        return labels;
    }

    private Set<String> equalityMatchers() {
        Set<String> labels = new HashSet<>();
        if (skip("{")) {
            while (!skip("}")) {
                String label = take();
                if (take().equals("=")) {
                    labels.add(label);
                }
                take();
                skip(",");
            }
        }
        return labels;
    }

    /** Reads a keyword and the labels in parentheses after it, if there are any. */
    private Set<String> list() {
        take();
        Set<String> labels = new HashSet<>();
        if (skip("(")) {
            while (!skip(")")) {
                labels.add(take());
                skip(",");
            }
        }
        return labels;
    }

    private void skipRangeAndOffset() {
        if (peek().startsWith("[")) {
            take();
        }
        if (skip("offset")) {
            take();
        }
    }

    private boolean skip(String token) {
        boolean found = peek().equals(token);
        if (found) {
            next++;
        }
        return found;
    }

    private void expect(String token) {
        if (!skip(token)) {
            throw new IllegalArgumentException("%s expected, not %s".formatted(token, peek()));
        }
    }

    private String take() {
        if (next == tokens.size()) {
            throw new IllegalArgumentException("the query ends too early");
        }
        return tokens.get(next++);
    }

    /** Returns the next token; an empty string at the end. */
    private String peek() {
        return next < tokens.size() ? tokens.get(next) : "";
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<String> intersection(Set<String> some, Set<String> others) {
        Set<String> common = new HashSet<>(some);
        common.retainAll(others);
        return common;
    }

    private static Set<String> difference(Set<String> some, Set<String> others) {
        Set<String> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
