package io.imageprocessor.work;

import io.imageprocessor.job.ImageTask;

/**
 * The waiting images of one job from one host: those to be tried again, then those never tried. A task is made only when
 * one is taken. Guarded by the lock of {@link FairJobQueue}.
 */
final class HostLine {

    final JobLine job;
    final Host host;

    private final ImageChain neverTried;
    private final ImageChain toTryAgain;

    /** Images that are not worked through: in line, under way, or waiting until they are due to be tried again. */
    private int unfinished;

    HostLine(JobLine job, Host host) {
        this.job = job;
        this.host = host;
        this.neverTried = job.newChain();
        this.toTryAgain = job.newChain();
    }

    /** Appends an image that was never tried. */
    void append(int index) {
        neverTried.append(index);
        unfinished++;
    }

    /** Takes the next image; it is under way until {@link #comeBack} or {@link #done}. */
    ImageTask take() {
        if (toTryAgain.isEmpty()) {
            return task(neverTried.takeFirst(), 1, false);
        }
        int index = toTryAgain.takeFirst();
        return task(index, job.attemptsAt(index) + 1, true);
    }

    private ImageTask task(int index, int attempt, boolean begun) {
        return new ImageTask(job.job.id(), index, job.job.url(index), attempt, begun);
    }

    /** Puts images that were under way back, to be tried again. */
    void comeBack(ImageChain images) {
        toTryAgain.append(images);
    }

    /** Counts an image that was under way as worked through. */
    void done() {
        unfinished--;
    }

    boolean hasWaiting() {
        return !toTryAgain.isEmpty() || !neverTried.isEmpty();
    }

    boolean isWorkedThrough() {
        return unfinished == 0;
    }
}
