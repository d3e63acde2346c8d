package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;

/**
 * The waiting images of one batch from one host: those to be tried again, then those never tried. A task is made only
 * when one is taken. Guarded by the lock of {@link FairJobQueue}.
 */
final class HostQueue {

    final ImageBatch batch;
    final Host host;

    private final IndexQueue neverTried;
    private final IndexQueue toTryAgain;

    /** Images in line, and those that wait until they are due to be tried again. */
    private int waiting;

    /** Images that were taken and are neither waiting again nor worked through. */
    private int underWay;

    /** Whether the host has called this line back, and its job has not come to it since. */
    boolean calledBack;

    HostQueue(ImageBatch batch, Host host) {
        this.batch = batch;
        this.host = host;
        this.neverTried = batch.newChain();
        this.toTryAgain = batch.newChain();
    }

    /** Appends an image that was never tried. */
    void append(int index) {
        neverTried.append(index);
        waiting++;
    }

    /** Takes the next image; it is under way until {@link #putBack}, {@link #putOff} or {@link #done}. */
    ImageTask take() {
        waiting--;
        underWay++;
        if (toTryAgain.isEmpty()) {
            return task(neverTried.takeFirst(), 1, false);
        }
        int index = toTryAgain.takeFirst();
        return task(index, batch.attemptsAt(index) + 1, true);
    }

    private ImageTask task(int index, int attempt, boolean begun) {
        return new ImageTask(batch.job.id, index, batch.url(index), attempt, begun);
    }

    /** Puts an image that was taken, and not worked on, back to where it was. */
    void putBack(ImageTask task) {
        (task.begun() ? toTryAgain : neverTried).putBack(task.index());
        putOff();
    }

    /** Lets an image that was under way wait until it is due to be tried again. */
    void putOff() {
        underWay--;
        waiting++;
    }

    /** Puts images that were waiting until they were due in line. */
    void comeBack(IndexQueue images) {
        toTryAgain.append(images);
    }

    /** Counts an image that was under way as worked through. */
    void done() {
        underWay--;
    }

    /** Forgets the images that wait, and tells how many these were; none is taken any more. */
    int forgetWaiting() {
        int forgotten = waiting;
        waiting = 0;
        neverTried.clear();
        toTryAgain.clear();
        return forgotten;
    }

    /** Images in line, and those that wait until they are due to be tried again. */
    int waiting() {
        return waiting;
    }

    boolean hasWaiting() {
        return !toTryAgain.isEmpty() || !neverTried.isEmpty();
    }

    boolean isWorkedThrough() {
        return waiting + underWay == 0;
    }
}
