package io.imageprocessor.job;

import lombok.RequiredArgsConstructor;

/**
 * Room in the backlog for one job that is being read. It is the only owner of that room until the job is accepted, and
 * closing it gives back what was not handed over. Not thread-safe.
 */
@RequiredArgsConstructor
final class Reservation implements AutoCloseable {

    private final Backlog backlog;
    private int images;

    /**
     * Takes room for one more image.
     *
     * @throws SubmissionRejectedException if the backlog has no room for it now
     */
    void addImage() {
        backlog.reserve(1);
        images++;
    }

    /** Hands over room for images that the queue has accepted. */
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
