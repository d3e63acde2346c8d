package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;

/**
 * The images of one batch from one host: retries that are due come first, then images that were never tried. A task is
 * created only when it is taken. Guarded by the lock of {@link FairJobQueue}.
 */
final class HostQueue {

    final ImageBatch batch;
    final Host host;

    private final IndexQueue neverTried;
    private final IndexQueue dueRetries;

    /** Ready images, and those whose retry is not due yet. */
    private int waiting;

    /** Images that were taken, and are neither waiting again nor finished. */
    private int running;

    /** Whether a permit of the host resumed this queue, and the scheduler has not polled it since. */
    boolean resumed;

    HostQueue(ImageBatch batch, Host host) {
        this.batch = batch;
        this.host = host;
        this.neverTried = batch.newIndexQueue();
        this.dueRetries = batch.newIndexQueue();
    }

    /** Adds an image that was never tried. */
    void add(int index) {
        neverTried.addLast(index);
        waiting++;
    }

    /** Takes the next ready image. It is running until {@link #requeue}, {@link #scheduleRetry} or {@link #finish}. */
    ImageTask take() {
        waiting--;
        running++;
        if (dueRetries.isEmpty()) {
            return task(neverTried.removeFirst(), 1, false);
        }
        int index = dueRetries.removeFirst();
        return task(index, batch.attemptsAt(index) + 1, true);
    }

    private ImageTask task(int index, int attempt, boolean begun) {
        return new ImageTask(batch.job.id, index, batch.url(index), attempt, begun);
    }

    /** Makes an image that was taken, and not started, the first one again. */
    void requeue(ImageTask task) {
        (task.begun() ? dueRetries : neverTried).addFirst(task.index());
        countAsWaiting();
    }

    /** Makes a running image wait for its retry. */
    void scheduleRetry() {
        countAsWaiting();
    }

    private void countAsWaiting() {
        running--;
        waiting++;
    }

    /** Makes waiting images ready whose retry is due. */
    void retryDue(IndexQueue images) {
        dueRetries.addAll(images);
    }

    /** Counts a running image as finished. */
    void finish() {
        running--;
    }

    /**
     * Removes all waiting images.
     *
     * @return how many were removed
     */
    int removeWaiting() {
        int removed = waiting;
        waiting = 0;
        neverTried.clear();
        dueRetries.clear();
        return removed;
    }

    /** Ready images, and those whose retry is not due yet. */
    int waiting() {
        return waiting;
    }

    boolean hasReady() {
        return !dueRetries.isEmpty() || !neverTried.isEmpty();
    }

    /** Whether no image waits or runs. */
    boolean isFinished() {
        return waiting + running == 0;
    }
}
