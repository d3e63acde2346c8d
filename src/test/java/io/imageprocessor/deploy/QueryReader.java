package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toSet;

import io.imageprocessor.deploy.Answer.Kind;
import io.imageprocessor.deploy.Queries.LabelMatcher;
import io.imageprocessor.deploy.Queries.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads a query as Prometheus does (https://prometheus.io/docs/prometheus/latest/querying/operators), and follows the
 * labels through it, from those that a meter has to those that the answer has. It knows what our queries use, and
 * refuses the rest. For one query.
 */
final class QueryReader {

    /**
     * What a query asks for, and what it is answered with.
     *
     * @param labels that series of the answer may have
     * @param mistakes labels that are named where there are none of that name, or that keep operands from being
     *     matched, each with where that is
     */
    record Query(List<Selector> selectors, Set<String> labels, List<String> mistakes) {}

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    /** From those that bind least to those that bind most. */
    private static final List<Set<String>> OPERATORS =
            List.of(Set.of("or"), Set.of("and", "unless"), COMPARISONS, Set.of("+", "-"), Set.of("*", "/", "%"));

    private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count");

    /** Those that leave the labels as they are, but for the two of which {@link #answered} tells what they do. */
    private static final Set<String> FUNCTIONS = Set.of(
            "rate",
            "increase",
            "avg_over_time",
            "min_over_time",
            "max_over_time",
            "vector",
            "histogram_quantile",
            "absent");

    private static final Set<String> NUMBERS = Set.of("NaN", "Inf");

    private final QueryTokens tokens;
    private final Function<String, Set<String>> labelsOfMeters;
    private final List<Selector> selectors = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();

    private QueryReader(String query, Function<String, Set<String>> labelsOfMeters) {
        this.tokens = new QueryTokens(query);
        this.labelsOfMeters = labelsOfMeters;
    }

    /**
     * @param labelsOfMeters the labels that a meter has in Prometheus, by its name
     * @throws IllegalArgumentException if this is no query, or one with something that none of ours has had so far
     */
    static Query read(String query, Function<String, Set<String>> labelsOfMeters) {
        QueryReader reader = new QueryReader(query, labelsOfMeters);
        Answer answer = reader.expression();
        reader.tokens.expectEnd();
        return new Query(reader.selectors, answer.labels(), reader.mistakes);
    }

    private Answer expression() {
        Answer answer = operation(0);
        if (!Set.of(")", ",", "").contains(tokens.peek())) {
            throw QueryTokens.unknown("operator", tokens.peek(), "OPERATORS");
        }
        return answer;
    }

    /** The answer of what comes next, with all that is bound to it by operators of this level or higher. */
    private Answer operation(int level) {
        if (level == OPERATORS.size()) {
            return operand();
        }
        Answer answer = operation(level + 1);
        while (OPERATORS.get(level).contains(tokens.peek())) {
            answer = joined(answer, tokens.next(), level + 1);
        }
        return answer;
    }

    private Answer joined(Answer left, String operator, int level) {
        if (COMPARISONS.contains(operator)) {
            tokens.accept("bool");
        }
        String word = tokens.accept("on", "ignoring");
        Set<String> named = word.isEmpty() ? Set.of() : names();
        String grouping = tokens.accept("group_left", "group_right");
        Set<String> brought = tokens.peek().equals("(") && !grouping.isEmpty() ? names() : Set.of();
        Answer right = operation(level);

        VectorMatching matching = new VectorMatching(word, named, grouping, brought);
        mistakes.addAll(matching.mistakes(left, operator, right));
        return matching.joined(left, operator, right);
    }

    private Answer operand() {
        String token = tokens.next();
        Answer answer;
        if (token.equals("(")) {
            answer = expression();
            tokens.expect(")");
        } else if (Character.isDigit(token.charAt(0)) || NUMBERS.contains(token)) {
            answer = Answer.NUMBER;
        } else if (AGGREGATIONS.contains(token)) {
            answer = aggregated();
        } else if (List.of("(", "by", "without").contains(tokens.peek())) {
            answer = answered(token);
        } else if (Character.isLetter(token.charAt(0))) {
            answer = selected(token);
        } else {
            throw QueryTokens.unknown("operand", token, "operand()");
        }
        if (tokens.peek().startsWith("[")) {
            tokens.next();
        }
        return answer;
    }

    /** Which labels are left may be said before what is aggregated, or after it. */
    private Answer aggregated() {
        String before = tokens.accept("by", "without");
        Set<String> named = before.isEmpty() ? Set.of() : names();
        tokens.expect("(");
        Answer all = expression();
        tokens.expect(")");
        String after = before.isEmpty() ? tokens.accept("by", "without") : "";
        if (!after.isEmpty()) {
            named = names();
        }
        String clause = before + after;
        mistakes.addAll(all.strangers(named, clause));
        return clause.equals("without") ? all.without(named) : all.only(named);
    }

    private Answer answered(String function) {
        if (!FUNCTIONS.contains(function)) {
            throw QueryTokens.unknown("function", function, "FUNCTIONS");
        }
        tokens.expect("(");
        Answer argument = expression();
        while (!tokens.accept(",").isEmpty()) {
            Answer another = expression();
            argument = argument.isNumber() ? another : argument;
        }
        tokens.expect(")");
        return switch (function) {
            case "histogram_quantile" -> {
                mistakes.addAll(argument.strangers(Set.of("le"), function));
                yield argument.without(Set.of("le"));
            }
            // What is absent has the labels that it is asked for by, but of a computation Prometheus does not know
            // them.
            case "absent" ->
                argument.kind() == Kind.SELECTED ? argument.only(argument.fixed()) : argument.only(Set.of());
            default -> argument.computed();
        };
    }

    private Answer selected(String meter) {
        List<LabelMatcher> matchers = new ArrayList<>();
        if (!tokens.accept("{").isEmpty()) {
            tokens.expectList(
                    "}",
                    () -> matchers.add(new LabelMatcher(
                            tokens.next(), tokens.expect("=", "!=", "=~", "!~"), tokens.expectString())));
        }
        selectors.add(new Selector(meter, matchers));
        Set<String> fixed = matchers.stream()
                .filter(matcher -> matcher.operator().equals("="))
                .map(LabelMatcher::label)
                .collect(toSet());
        return new Answer(Kind.SELECTED, labelsOfMeters.apply(meter), fixed);
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        tokens.expect("(");
        tokens.expectList(")", () -> names.add(tokens.next()));
        return names;
    }
}
