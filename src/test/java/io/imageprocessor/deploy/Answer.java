package io.imageprocessor.deploy;

import static java.util.stream.Collectors.toCollection;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What Prometheus answers to a query, or to a part of one.
 *
 * @param labels that its series may have
 * @param fixed labels that have one value in all its series, since only that value is asked for
 */
record Answer(Kind kind, Set<String> labels, Set<String> fixed) {

    enum Kind {
        NUMBER,
        /** Series of a meter as they are. */
        SELECTED,
        COMPUTED
    }

    static final Answer NUMBER = new Answer(Kind.NUMBER, Set.of(), Set.of());

    boolean isNumber() {
        return kind == Kind.NUMBER;
    }

    /** As it is, but no longer as the meter has it. */
    Answer computed() {
        return without(Set.of());
    }

    Answer only(Set<String> names) {
        return filtered(names::contains);
    }

    Answer without(Set<String> names) {
        return filtered(label -> !names.contains(label));
    }

    /** With labels of another answer, of which it gets many a value. */
    Answer with(Set<String> names) {
        Set<String> all = new TreeSet<>(labels);
        all.addAll(names);
        return new Answer(Kind.COMPUTED, all, without(names).fixed);
    }

    /** Those names that are none of its labels, each with where it is named. */
    List<String> strangers(Set<String> names, String where) {
        return names.stream()
                .filter(name -> !labels.contains(name))
                .map(name -> name + " in " + where)
                .toList();
    }

    private Answer filtered(Predicate<String> wanted) {
        return new Answer(Kind.COMPUTED, filtered(labels, wanted), filtered(fixed, wanted));
    }

    private static Set<String> filtered(Set<String> labels, Predicate<String> wanted) {
        return labels.stream().filter(wanted).collect(toCollection(TreeSet::new));
    }
}
