package io.imageprocessor.job;

import java.util.List;

/** Orders the images of accepted jobs fairly and starts the work on them. Thread-safe. */
public interface JobQueue {

    /** Returns the backlog that limits the images of this queue. */
    Backlog backlog();

    /** Adds the downloadable images of saved jobs, which are reserved in the backlog. Never rejects. */
    void enqueue(List<Job> jobs);

    /**
     * Removes the waiting images of a job from queue and backlog, and interrupts the work on its running images. Does
     * nothing if the queue does not hold the job.
     */
    void cancel(JobId id);
}
