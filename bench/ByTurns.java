import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Two rates that are measured by turns, so that a disturbance of the machine meets both: each round of the one is
 * divided by the mean of the rounds of the other before and after it.
 *
 * @param rates of the one that is judged, per second
 * @param limits of the one that it is judged by: the mean of two rounds
 * @param ratios a rate over its limit
 */
record ByTurns(List<Double> rates, List<Double> limits, List<Double> ratios) {

    /** A round of work; answers its rate, per second. */
    @FunctionalInterface
    interface Round {
        double rate() throws IOException, InterruptedException;
    }

    /**
     * Begins and ends with a round of the limit.
     *
     * @param limitName names the limit in the lines of progress
     */
    static ByTurns measure(Run run, int rounds, Round judged, String limitName, Round limit)
            throws IOException, InterruptedException {
        var turns = new ByTurns(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        double before = limit.rate();
        for (int round = 1; round <= rounds; round++) {
            double rate = judged.rate();
            double after = limit.rate();
            turns.add(rate, (before + after) / 2);
            run.report()
                    .line(
                            "round %d: %,.0f/s; %s %,.0f/s before, %,.0f/s after; ratio %.3f",
                            round, rate, limitName, before, after, turns.ratios.getLast());
            before = after;
        }
        return turns;
    }

    private void add(double rate, double limit) {
        rates.add(rate);
        limits.add(limit);
        ratios.add(rate / limit);
    }

    double ratio() {
        return median(ratios);
    }

    double rate() {
        return median(rates);
    }

    double limit() {
        return median(limits);
    }

    /** Of an odd number of values. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
