package io.imageprocessor.job;

/**
 * What stands between the submission of a job and the work on its images. It orders images fairly between jobs and
 * refuses more waiting work than it may hold. Thread-safe.
 */
public interface JobQueue {

    /**
     * Sets room aside for images of a job that is still being read, so that all of it can be accepted or none.
     *
     * @throws SubmissionRejectedException if there is no room for them now, and nothing was set aside
     */
    void reserve(int images);

    /** Gives back room that was reserved and will not be used. */
    void release(int images);

    /** Takes the downloadable images of a saved job, for all of which room was reserved. Never refuses. */
    void enqueue(Job job);

    /**
     * Forgets the images of a job that wait, so that their room is free again, and interrupts the work on those under
     * way. There is nothing to do if the queue does not hold the job.
     */
    void cancel(JobId id);
}
