package io.imageprocessor.job;

/**
 * How many images of a job are in which state; {@code total = pending + running + succeeded + failed + cancelled},
 * always.
 */
public record JobCounts(int total, int pending, int running, int succeeded, int failed, int cancelled) {

    public int unfinished() {
        return pending + running;
    }
}
