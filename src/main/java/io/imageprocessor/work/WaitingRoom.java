package io.imageprocessor.work;

import io.imageprocessor.job.SubmissionRefusedException;
import io.imageprocessor.job.SubmissionRefusedException.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for the images that wait to be started or tried again, and for those of jobs that are still being read. Thread-safe.
 */
final class WaitingRoom {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    WaitingRoom(int places) {
        this.places = places;
    }

    /**
     * Takes places for images of a submission.
     *
     * @throws SubmissionRefusedException if there are not so many, and none was taken
     */
    void reserve(int images) {
        int before = taken.getAndAdd(images);
        if (before > places - images) {
            release(images);
            throw new SubmissionRefusedException(
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
