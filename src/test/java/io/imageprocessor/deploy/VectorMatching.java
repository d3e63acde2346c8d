package io.imageprocessor.deploy;

import io.imageprocessor.deploy.Answer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which series of two operands belong together
 * (https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching).
 *
 * @param word {@code on}, {@code ignoring}, or nothing
 * @param named the labels after that word
 * @param grouping {@code group_left}, {@code group_right}, or nothing
 * @param brought the labels that the side of the many gets from the other
 */
record VectorMatching(String word, Set<String> named, String grouping, Set<String> brought) {

    private static final Set<String> SET_OPERATORS = Set.of("and", "or", "unless");

    /** A number has no labels, so that beside one all of the other operand's stay. */
    Answer joined(Answer left, String operator, Answer right) {
        if (left.isNumber()) {
            return right.isNumber() ? right : right.computed();
        }
        if (right.isNumber()) {
            return left.computed();
        }
        return switch (operator) {
            case "and", "unless" -> left.computed();
            case "or" -> new Answer(Kind.COMPUTED, left.with(right.labels()).labels(), Set.of());
            default ->
                switch (grouping) {
                    case "group_left" -> left.with(brought);
                    case "group_right" -> right.with(brought);
                    default -> matched(left);
                };
        };
    }

    /** What Prometheus refuses, or answers with nothing. */
    List<String> mistakes(Answer left, String operator, Answer right) {
        List<String> mistakes = new ArrayList<>();
        if (left.isNumber() || right.isNumber()) {
            if (SET_OPERATORS.contains(operator) || !word.isEmpty()) {
                mistakes.add("a number beside " + operator + " " + word);
            }
            return mistakes;
        }
        if (word.equals("on")) {
            mistakes.addAll(left.strangers(named, "on"));
            mistakes.addAll(right.strangers(named, "on"));
        } else {
            mistakes.addAll(left.with(right.labels()).strangers(named, "ignoring"));
        }
        if (!word.equals("on") && !operator.equals("or")) {
            mistakes.addAll(left.strangers(matched(right).labels(), "what is right of " + operator + " alone"));
            mistakes.addAll(right.strangers(matched(left).labels(), "what is left of " + operator + " alone"));
        }
        mistakes.addAll((grouping.equals("group_left") ? right : left).strangers(brought, grouping));
        if (!SET_OPERATORS.contains(operator) && !grouping.equals("group_left")) {
            several(left).forEach(label -> mistakes.add(label + " of many left of " + operator));
        }
        if (!SET_OPERATORS.contains(operator) && !grouping.equals("group_right")) {
            several(right).forEach(label -> mistakes.add(label + " of many right of " + operator));
        }
        return mistakes;
    }

    private Answer matched(Answer side) {
        return word.equals("on") ? side.only(named) : side.without(named);
    }

    /** Labels by which series differ that are the same to the matching; an instance is of one job. */
    private Set<String> several(Answer side) {
        Answer unmatched = side.without(matched(side).labels()).without(side.fixed());
        boolean isOfOneInstance = matched(side).labels().contains("instance");
        return (isOfOneInstance ? unmatched.without(Set.of("job")) : unmatched).labels();
    }
}
