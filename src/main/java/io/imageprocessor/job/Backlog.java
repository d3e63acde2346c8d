package io.imageprocessor.job;

/**
 * Limits the images that wait over all jobs, together with those of jobs that are still being read. Only a
 * {@link Reservation} takes room here and gives it back. Thread-safe.
 */
public interface Backlog {

    /**
     * Takes room for images of a job that is being read.
     *
     * @throws SubmissionRejectedException if the backlog has no room for all of them, or if the service is stopping;
     *     then no room was taken
     */
    void reserve(int images);

    /** Gives back room that was reserved and is not needed. */
    void release(int images);

    /**
     * Hands reserved room over to the queue, which has accepted these images and frees their room as it starts them.
     */
    void accepted(int images);
}
