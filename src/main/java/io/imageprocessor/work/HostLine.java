package io.imageprocessor.work;

import io.imageprocessor.job.ImageTask;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The waiting images of one job from one host: those to be tried again, then those never tried. The latter cost four
 * bytes each: they are linked by index, and a task is made only when one is taken. Guarded by the lock of
 * {@link FairJobQueue}.
 */
final class HostLine {

    private static final int NONE = -1;

    final JobLine job;
    final Host host;

    private int head = NONE;
    private int tail = NONE;
    private final Deque<ImageTask> retries = new ArrayDeque<>(0);

    /** Images that were taken and are neither worked through nor back in the line. */
    private int underWay;

    HostLine(JobLine job, Host host) {
        this.job = job;
        this.host = host;
    }

    /** Appends an image that was never tried. */
    void append(int index) {
        job.nextOfSameHost[index] = NONE;
        if (head == NONE) {
            head = index;
        } else {
            job.nextOfSameHost[tail] = index;
        }
        tail = index;
    }

    /** Takes the next image; it is under way until {@link #comeBack} or {@link #done}. */
    ImageTask take() {
        underWay++;
        ImageTask retry = retries.pollFirst();
        if (retry != null) {
            return retry;
        }
        int index = head;
        head = job.nextOfSameHost[index];
        return new ImageTask(job.job.id(), index, job.job.url(index), 1);
    }

    /** Puts an image that was under way back, to be tried again. */
    void comeBack(ImageTask task) {
        underWay--;
        retries.addLast(task);
    }

    /** Counts an image that was under way as worked through. */
    void done() {
        underWay--;
    }

    boolean hasWaiting() {
        return head != NONE || !retries.isEmpty();
    }

    boolean isWorkedThrough() {
        return underWay == 0 && !hasWaiting();
    }
}
