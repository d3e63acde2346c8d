package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.TraceParent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One execution of an image, and the permits it holds: the host permit until the download ends, and the download permit
 * until the image holds a GPU slot. When the work ends, the execution releases what it still holds.
 *
 * <p>Used only by the thread that does the work, except {@link #cancel}. The lock of {@link FairJobQueue} guards the
 * permits and the links.
 */
public class ImageExecution implements Runnable {

    private final FairJobQueue queue;
    private final ImageWork work;
    final HostQueue hostQueue;
    private final ImageTask task;

    boolean holdsHostPermit = true;
    boolean holdsDownloadPermit = true;

    /** The neighbours in {@link RunningExecutions}. */
    @Nullable
    ImageExecution previous;

    @Nullable
    ImageExecution next;

    /** The thread that does the work now; guarded by this, like {@link #cancelled}. */
    private @Nullable Thread thread;

    private boolean cancelled;

    /** The time of the queue at which the image was queued, or its retry was due. */
    long readySince;

    /** Nanoseconds from {@link #readySince} to the start of the work. */
    private long waitedNanos;

    /** The time of the queue at which the first attempt began. */
    long firstAttempt;

    /** How the host responded to the download. */
    Contact contact = Contact.NONE;

    /** Attempts so far; set with {@link #retryDelay}. */
    int attempts;

    /** The delay of the requested retry after the end of the work; null if none is requested. */
    @Nullable
    Duration retryDelay;

    ImageExecution(FairJobQueue queue, ImageWork work, HostQueue hostQueue, ImageTask task) {
        this.queue = queue;
        this.work = work;
        this.hostQueue = hostQueue;
        this.task = task;
    }

    public ImageTask task() {
        return task;
    }

    /** The trace of the job's submission; null if it had none. */
    @Nullable
    TraceParent traceParent() {
        JobTrace trace = hostQueue.batch.trace;
        return trace == null ? null : trace.parent();
    }

    /** Runs code whose log lines carry the image's job and trace. */
    public void logInContext(Runnable lines) {
        JobLog.about(task.jobId(), traceParent(), lines);
    }

    /** Measures the wait, does the work, and reports the end to the queue. */
    @Override
    public void run() {
        long now = queue.now();
        waitedNanos = now - readySince;
        if (!task.begun()) {
            firstAttempt = now;
        }
        try {
            process();
        } finally {
            queue.end(this);
        }
    }

    /** Does the work, unless it was cancelled. Meanwhile {@link #cancel} interrupts the thread. */
    void process() {
        if (!begin()) {
            return;
        }
        try {
            work.process(this);
        } finally {
            end();
        }
    }

    private synchronized boolean begin() {
        if (!cancelled) {
            thread = Thread.currentThread();
        }
        return !cancelled;
    }

    // Synchronized with cancel(), so that the interrupt cannot hit what the thread does next.
    private synchronized void end() {
        thread = null;
        if (cancelled) {
            Thread.interrupted();
        }
    }

    /** Interrupts the work, or prevents its start. Any thread may call this. */
    synchronized void cancel() {
        cancelled = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** The image is pending in the storage, so its download starts. */
    public void downloadStarted() {}

    /** The download succeeded: releases the host permit. */
    public void downloaded() {
        contact = Contact.ANSWERED;
        queue.releaseHostPermit(this);
    }

    /** The attempt failed, and is retried or not. */
    public void failed(FailureCode code) {}

    /** The download failed: releases both permits at once, however long it takes to record the result. */
    public void downloadFailed(Contact contactWithHost) {
        contact = contactWithHost;
        queue.releasePermits(this);
    }

    /** The image holds a GPU slot: releases the download permit. */
    public void gpuAcquired() {
        queue.releaseDownloadPermit(this);
    }

    /** The GPU slot was released. */
    public void gpuReleased() {}

    /** The storage holds this result. */
    public void recorded(ImageResult result) {}

    /**
     * Requests a retry. The image holds no permit while it waits for it.
     *
     * @param delay from the end of this work
     * @param attemptsSoFar the next attempt is numbered after them
     */
    public void retryAfter(Duration delay, int attemptsSoFar) {
        attempts = attemptsSoFar;
        retryDelay = delay;
    }

    /** Nanoseconds from the time the image was queued, or its retry was due, to the start of the work. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** The time since the first attempt at the image began. */
    public Duration sinceFirstAttempt() {
        return Duration.ofNanos(queue.now() - firstAttempt);
    }
}
