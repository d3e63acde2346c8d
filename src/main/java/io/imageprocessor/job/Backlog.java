package io.imageprocessor.job;

/**
 * Limits the images that wait over all jobs, including those of jobs that are still being read. Outside the queue, only
 * a {@link Reservation} calls these methods. Thread-safe.
 */
public interface Backlog {

    /**
     * Reserves capacity for images of a job that is being read.
     *
     * @throws SubmissionRejectedException if the limit does not allow all of them, or if the service is stopping; then
     *     nothing is reserved
     */
    void reserve(int images);

    /** Releases reserved capacity that is not needed. */
    void release(int images);

    /**
     * Hands reserved capacity over to the queue, which has accepted these images and releases them as it starts them.
     */
    void accepted(int images);
}
