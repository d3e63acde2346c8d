package io.imageprocessor.queue;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the images that wait to be started or retried, and those of submissions being read. Thread-safe. */
final class InMemoryBacklog implements Backlog {

    private final int limit;
    private final AtomicInteger used = new AtomicInteger();
    private volatile boolean closed;

    InMemoryBacklog(int limit) {
        this.limit = limit;
    }

    @Override
    public void reserve(int images) {
        if (closed) {
            throw new SubmissionRejectedException(Reason.STOPPING, "the service is shutting down");
        }
        int before = used.getAndAdd(images);
        if (before > limit - images) {
            release(images);
            throw new SubmissionRejectedException(
                    Reason.FULL, "backlog limit of " + limit + " images reached; try again later");
        }
    }

    /** Adds images that were accepted before, even beyond the limit. */
    void add(int images) {
        used.addAndGet(images);
    }

    /** Does nothing: the queue releases the images one by one as it starts them. */
    @Override
    public void accepted(int images) {}

    /** Rejects every reservation from now on. */
    void close() {
        closed = true;
    }

    /** Images that this backlog counts now. */
    int used() {
        return used.get();
    }

    @Override
    public void release(int images) {
        used.addAndGet(-images);
    }
}
