package io.imageprocessor.job;

import lombok.RequiredArgsConstructor;

/**
 * Owns the backlog capacity of one job that is being read. Closing it releases what was not handed over to the queue.
 * Not thread-safe.
 */
@RequiredArgsConstructor
final class Reservation implements AutoCloseable {

    private final Backlog backlog;
    private int images;

    /**
     * Reserves one more image.
     *
     * @throws SubmissionRejectedException if the backlog limit is reached
     */
    void addImage() {
        backlog.reserve(1);
        images++;
    }

    /** Hands over the capacity of images that the queue has accepted. */
    void handOver(int accepted) {
        backlog.accepted(accepted);
        images -= accepted;
    }

    @Override
    public void close() {
        backlog.release(images);
        images = 0;
    }
}
