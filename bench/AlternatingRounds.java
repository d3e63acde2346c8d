import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares two rates in alternating rounds, so that other load on the machine affects both. Each measured round is
 * divided by the mean of the reference rounds before and after it.
 *
 * @param rates rates of the measured rounds, per second
 * @param references for each measured round, the mean of the two reference rounds around it, per second
 * @param ratios a rate over its reference
 */
record AlternatingRounds(List<Double> rates, List<Double> references, List<Double> ratios) {

    /** Runs one round of work and returns its rate, per second. */
    @FunctionalInterface
    interface Round {
        double rate() throws IOException, InterruptedException;
    }

    /**
     * Runs the rounds; the first and the last one are reference rounds.
     *
     * @param referenceName name of the reference in the progress lines
     */
    static AlternatingRounds measure(Run run, int rounds, Round measured, String referenceName, Round reference)
            throws IOException, InterruptedException {
        var alternating = new AlternatingRounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        double before = reference.rate();
        for (int round = 1; round <= rounds; round++) {
            double rate = measured.rate();
            double after = reference.rate();
            alternating.add(rate, (before + after) / 2);
            run.report()
                    .line(
                            "round %d: %,.0f/s; %s %,.0f/s before, %,.0f/s after; ratio %.3f",
                            round, rate, referenceName, before, after, alternating.ratios.getLast());
            before = after;
        }
        return alternating;
    }

    private void add(double rate, double reference) {
        rates.add(rate);
        references.add(reference);
        ratios.add(rate / reference);
    }

    double ratio() {
        return median(ratios);
    }

    double rate() {
        return median(rates);
    }

    double reference() {
        return median(references);
    }

    /** Returns the median of an odd number of values. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
