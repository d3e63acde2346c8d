package io.imageprocessor.logging;

import java.time.Duration;

/** Lets one line a minute pass, and counts the others. Thread-safe. */
final class MinuteLimit {

    /** The result of {@link #next} for a line to suppress. */
    static final long SUPPRESS = -1;

    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    private boolean passed;
    private long passedAt;
    private long suppressed;

    /**
     * Decides on a line.
     *
     * @param now the current time, as {@link System#nanoTime} returns it
     * @return the number of lines that were suppressed since the last one that passed, or {@link #SUPPRESS}
     */
    synchronized long next(long now) {
        if (passed && now - passedAt < PERIOD_NANOS) {
            suppressed++;
            return SUPPRESS;
        }
        long before = suppressed;
        passed = true;
        passedAt = now;
        suppressed = 0;
        return before;
    }
}
