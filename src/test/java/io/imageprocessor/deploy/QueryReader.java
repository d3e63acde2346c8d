package io.imageprocessor.deploy;

import io.imageprocessor.deploy.Queries.LabelMatcher;
import io.imageprocessor.deploy.Queries.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a query as Prometheus does (https://prometheus.io/docs/prometheus/latest/querying/operators), and follows the labels through
 * it, from those that a meter has to those that the answer has. It knows what our queries use, and refuses the rest. For one query.
 */
final class QueryReader {

    /**
     * What a query asks for, and what it is answered with.
     *
     * @param labels that series of the answer may have
     * @param strangers labels that are named where there are none of that name, each with where that is
     */
    record Query(List<Selector> selectors, Set<String> labels, List<String> strangers) {}

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[a-zA-Z_:][\\w:]*|[\\d.]+|=~|!~|[=!<>]=|[-+*/%<>=(){},])\\s*");

    /** From those that bind least to those that bind most. */
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("or"),
            Set.of("and", "unless"),
            Set.of("==", "!=", "<", ">", "<=", ">="),
            Set.of("+", "-"),
            Set.of("*", "/", "%"));

    private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count");
    /** Those that leave the labels as they are. */
    private static final Set<String> FUNCTIONS =
            Set.of("rate", "increase", "avg_over_time", "min_over_time", "max_over_time", "vector");

    private final List<String> tokens = new ArrayList<>();
    private final Function<String, Set<String>> labelsOfMeters;
    private final List<Selector> selectors = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
    private int position;

    private QueryReader(String query, Function<String, Set<String>> labelsOfMeters) {
        this.labelsOfMeters = labelsOfMeters;
        Matcher token = TOKEN.matcher(query).useAnchoringBounds(true);
        int end = 0;
        while (token.region(end, query.length()).lookingAt()) {
            tokens.add(token.group(1));
            end = token.end();
        }
        if (end < query.length()) {
            throw new IllegalArgumentException("not understood: " + query.substring(end));
        }
    }

    /**
     * @param labelsOfMeters the labels that a meter has in Prometheus, by its name
     * @throws IllegalArgumentException if this is no query, or one with something that none of ours has had so far
     */
    static Query read(String query, Function<String, Set<String>> labelsOfMeters) {
        QueryReader reader = new QueryReader(query, labelsOfMeters);
        Set<String> labels = reader.operation(0);
        if (!reader.peek().isEmpty()) {
            throw new IllegalArgumentException("not understood: " + reader.peek());
        }
        return new Query(reader.selectors, labels, reader.strangers);
    }

    /** The labels of what comes next, with all that is bound to it by operators of this level or higher. */
    private Set<String> operation(int level) {
        if (level == OPERATORS.size()) {
            return operand();
        }
        Set<String> labels = operation(level + 1);
        while (OPERATORS.get(level).contains(peek())) {
            labels = joined(labels, next(), level + 1);
        }
        return labels;
    }

    /** A number has no labels, so that beside one all of the other operand's stay. */
    private Set<String> joined(Set<String> left, String operator, int level) {
        String matching = accept("on", "ignoring");
        Set<String> matched = matching.isEmpty() ? Set.of() : names();
        String grouping = accept("group_left", "group_right");
        Set<String> brought = peek().equals("(") && !grouping.isEmpty() ? names() : Set.of();
        Set<String> right = operation(level);

        Set<String> both = union(left, right);
        if (matching.equals("on")) {
            require(matched, left, "on");
            require(matched, right, "on");
        } else {
            require(matched, both, "ignoring");
        }
        require(brought, grouping.equals("group_left") ? right : left, grouping);
        return switch (operator) {
            case "and", "unless" -> left;
            case "or" -> both;
            default ->
                switch (grouping) {
                    case "group_left" -> union(left, brought);
                    case "group_right" -> union(right, brought);
                    default -> matching.equals("on") ? matched : without(both, matched);
                };
        };
    }

    private Set<String> operand() {
        String token = next();
        Set<String> labels;
        if (token.equals("(")) {
            labels = operation(0);
            expect(")");
        } else if (Character.isDigit(token.charAt(0))) {
            labels = Set.of();
        } else if (AGGREGATIONS.contains(token)) {
            labels = aggregated();
        } else if (peek().equals("(")) {
            labels = answered(token);
        } else if (Character.isLetter(token.charAt(0))) {
            selectors.add(new Selector(token, matchers()));
            labels = labelsOfMeters.apply(token);
        } else {
            throw new IllegalArgumentException("not understood: " + token);
        }
        if (peek().startsWith("[")) {
            next();
        }
        return labels;
    }

    /** Which labels are left may be said before what is aggregated, or after it. */
    private Set<String> aggregated() {
        String before = accept("by", "without");
        Set<String> named = before.isEmpty() ? Set.of() : names();
        expect("(");
        Set<String> labels = operation(0);
        expect(")");
        String after = before.isEmpty() ? accept("by", "without") : "";
        if (!after.isEmpty()) {
            named = names();
        }
        String clause = before + after;
        require(named, labels, clause);
        return clause.equals("without") ? without(labels, named) : named;
    }

    private Set<String> answered(String function) {
        expect("(");
        Set<String> labels = Set.of();
        do {
            labels = union(labels, operation(0));
        } while (!accept(",").isEmpty());
        expect(")");
        if (FUNCTIONS.contains(function)) {
            return labels;
        }
        return switch (function) {
            case "histogram_quantile" -> {
                require(Set.of("le"), labels, function);
                yield without(labels, Set.of("le"));
            }
            // What is absent has no labels, but those that it is told by.
            case "absent" -> Set.of();
            default -> throw new IllegalArgumentException("not understood: " + function);
        };
    }

    private List<LabelMatcher> matchers() {
        List<LabelMatcher> matchers = new ArrayList<>();
        if (!accept("{").isEmpty()) {
            while (accept("}").isEmpty()) {
                matchers.add(new LabelMatcher(next(), next(), unquoted(next())));
                accept(",");
            }
        }
        return matchers;
    }

    private static String unquoted(String token) {
        return token.substring(1, token.length() - 1);
    }

    private Set<String> names() {
        expect("(");
        Set<String> names = new TreeSet<>();
        while (accept(")").isEmpty()) {
            names.add(next());
            accept(",");
        }
        return names;
    }

    private void require(Set<String> names, Set<String> labels, String where) {
        without(names, labels).forEach(name -> strangers.add(name + " in " + where));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    /** The next token; empty behind the last. */
    private String peek() {
        return position < tokens.size() ? tokens.get(position) : "";
    }

    private String next() {
        String token = peek();
        if (token.isEmpty()) {
            throw new IllegalArgumentException("it ends too early");
        }
        position++;
        return token;
    }

    /** The next token if it is one of these, or else nothing. */
    private String accept(String... wanted) {
        return List.of(wanted).contains(peek()) ? next() : "";
    }

    private void expect(String token) {
        if (accept(token).isEmpty()) {
            throw new IllegalArgumentException("%s expected, not %s".formatted(token, peek()));
        }
    }
}
