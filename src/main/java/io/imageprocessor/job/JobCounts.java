package io.imageprocessor.job;

/**
 * The number of images of a job by state. Always {@code total = pending + running + succeeded + failed + cancelled}.
 */
public record JobCounts(int total, int pending, int running, int succeeded, int failed, int cancelled) {

    public int unfinished() {
        return pending + running;
    }
}
