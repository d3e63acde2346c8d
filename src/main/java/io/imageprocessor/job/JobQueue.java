package io.imageprocessor.job;

/** Orders the images of accepted jobs fairly and starts the work on them. Thread-safe. */
public interface JobQueue {

    /** The room for the images that wait in this queue. */
    Backlog backlog();

    /** Takes the downloadable images of a saved job, for which room is reserved in the backlog. Never rejects. */
    void enqueue(Job job);

    /**
     * Removes the waiting images of a job, which frees their room, and interrupts the work on its running images. Does
     * nothing if the queue does not hold the job.
     */
    void cancel(JobId id);
}
