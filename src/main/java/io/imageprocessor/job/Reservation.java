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

    /** Releases what the job does not need, because the stores of the other images are unknown. */
    void reduceTo(int downloadableImages) {
        backlog.release(images - downloadableImages);
        images = downloadableImages;
    }

    /** Hands the capacity over to the queue, which has accepted all of these images. */
    void handOver() {
        backlog.accepted(images);
        images = 0;
    }

    @Override
    public void close() {
        backlog.release(images);
        images = 0;
    }
}
