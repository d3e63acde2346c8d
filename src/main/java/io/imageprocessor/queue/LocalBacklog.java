package io.imageprocessor.queue;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for the images that wait to be started or tried again, and for those of jobs that are still being read.
 * Thread-safe.
 */
final class LocalBacklog implements Backlog {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean closed;

    LocalBacklog(int places) {
        this.places = places;
    }

    /**
     * Takes places for images of a submission.
     *
     * @throws SubmissionRejectedException if there are not so many, and none was taken
     */
    @Override
    public void reserve(int images) {
        if (closed) {
            throw new SubmissionRejectedException(Reason.STOPPING, "the service is shutting down");
        }
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

    /** Keeps the room: the queue releases it image by image as it starts them. */
    @Override
    public void accepted(int images) {}

    /** Rejects every reservation from now on. */
    void close() {
        closed = true;
    }

    /** How many places are taken. */
    int taken() {
        return taken.get();
    }

    /** Gives places back. */
    @Override
    public void release(int images) {
        taken.addAndGet(-images);
    }
}
