package io.imageprocessor.work;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Shrinks a failing list: removes halves that are not needed to fail, then quarters, and so on down to single elements
 * (ddmin of Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
 */
final class DeltaDebugging {

    private DeltaDebugging() {}

    /** Returns a sublist, in the same order, that fails and needs each of its elements to fail. */
    static <T> List<T> shrunk(List<T> failing, Predicate<List<T>> fails) {
        List<T> shrunk = failing;
        int slice = Math.max(1, shrunk.size() / 2);
        while (true) {
            List<T> shorter = withoutOneSlice(shrunk, slice, fails);
            if (shorter.size() < shrunk.size()) {
                shrunk = shorter;
            } else if (slice > 1) {
                slice /= 2;
            } else {
                return shrunk;
            }
        }
    }

    private static <T> List<T> withoutOneSlice(List<T> failing, int slice, Predicate<List<T>> fails) {
        for (int from = 0; from < failing.size(); from += slice) {
            List<T> rest = new ArrayList<>(failing);
            rest.subList(from, Math.min(failing.size(), from + slice)).clear();
            if (fails.test(rest)) {
                return rest;
            }
        }
        return failing;
    }
}
