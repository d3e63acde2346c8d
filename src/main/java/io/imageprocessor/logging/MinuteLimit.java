package io.imageprocessor.logging;

import java.time.Duration;

/** Lets a number of lines a minute pass, and counts the others. Thread-safe. */
final class MinuteLimit {

    /** The result of {@link #next} for a line to suppress. */
    static final long SUPPRESS = -1;

    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    /** When the last lines passed, as a ring. */
    private final long[] passedAt;

    /** Number of lines that have passed. */
    private long passed;

    private long suppressed;

    /** @param lines in any minute */
    MinuteLimit(int lines) {
        passedAt = new long[lines];
    }

    /**
     * Decides on a line.
     *
     * @param now the current time, as {@link System#nanoTime} returns it
     * @return the number of lines that were suppressed since the last one that passed, or {@link #SUPPRESS}
     */
    synchronized long next(long now) {
        int oldest = (int) (passed % passedAt.length);
        if (passed >= passedAt.length && now - passedAt[oldest] < PERIOD_NANOS) {
            suppressed++;
            return SUPPRESS;
        }
        long before = suppressed;
        passedAt[oldest] = now;
        passed++;
        suppressed = 0;
        return before;
    }
}
