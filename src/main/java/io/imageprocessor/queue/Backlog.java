package io.imageprocessor.queue;

import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for the images that wait to be started or tried again, and for those of jobs that are still being read.
 * Thread-safe.
 */
final class Backlog {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    Backlog(int places) {
        this.places = places;
    }

    /**
     * Takes places for images of a submission.
     *
     * @throws SubmissionRejectedException if there are not so many, and none was taken
     */
    void reserve(int images) {
        int before = taken.getAndAdd(images);
        if (before > places - images) {
            release(images);
            throw new SubmissionRejectedException(
                    Reason.FULL,
                    "the service holds as many waiting images as it may (" + places + "); try again later");
        }
    }

    /** Takes places for images that were accepted, however many there are. */
    void enter(int images) {
        taken.addAndGet(images);
    }

    /** How many places are taken. */
    int taken() {
        return taken.get();
    }

    /** Gives places back. */
    void release(int images) {
        taken.addAndGet(-images);
    }
}
