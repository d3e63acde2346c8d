package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.TraceParent;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An image's leave to be worked on. It holds a place among the downloads of its host until the image is downloaded, and
 * one among the images ahead of the GPU until the image has its slot; what it still holds goes back when the work ends.
 * Used by the thread that works on the image, save for {@link #cancel}; the places and the links are guarded by the
 * lock of {@link FairJobQueue}.
 */
public class ImageExecution implements Runnable {

    private final FairJobQueue queue;
    final HostQueue line;
    private final ImageTask task;

    boolean onHost = true;
    boolean ahead = true;

    /** The neighbours among the {@link InFlightExecutions} of the job. */
    @Nullable
    ImageExecution previous;

    @Nullable
    ImageExecution next;

    /** The thread that works on the image at this moment; guarded by this, as is {@link #cancelled}. */
    private @Nullable Thread thread;

    private boolean cancelled;

    /** Since when the image could be worked on, in the time of the queue. */
    long workableSince;

    /** How long it had waited since then when its work began. */
    private long waitedNanos;

    /** When the first attempt at the image began, in the time of the queue. */
    long firstAttempt;

    /** What the download has told of its host. */
    Contact contact = Contact.NONE;

    /** How often the image was tried, if it is to be tried again. */
    int attempts;

    /** How long after the end of the work the image is to be tried again; null if it is not. */
    @Nullable
    Duration retryDelay;

    ImageExecution(FairJobQueue queue, HostQueue line, ImageTask task) {
        this.queue = queue;
        this.line = line;
        this.task = task;
    }

    public ImageTask task() {
        return task;
    }

    /** What the submission of the image's job was part of; null if that was no trace. */
    @Nullable
    TraceParent traceParent() {
        JobTrace trace = line.batch.trace;
        return trace == null ? null : trace.parent();
    }

    /** Writes lines with the image's job and its trace in their context. */
    public void about(Runnable lines) {
        JobLog.about(task.jobId(), traceParent(), lines);
    }

    @Override
    public void run() {
        queue.run(this);
    }

    /** Does the work, unless it was cancelled; while it is being done, cancelling interrupts the thread. */
    void work(Consumer<ImageExecution> work) {
        if (!begin()) {
            return;
        }
        try {
            work.accept(this);
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

    // Ending and interrupting exclude each other, so that an interrupt never hits what the thread does next.
    private synchronized void end() {
        thread = null;
        if (cancelled) {
            Thread.interrupted();
        }
    }

    /** The result is not wanted any more: the work ends as soon as it can, or is not begun. For any thread. */
    synchronized void cancel() {
        cancelled = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** The image is to be worked on, and its download begins. */
    public void downloading() {}

    /** The download is over: the host may serve another image. */
    public void downloaded() {
        contact = Contact.ANSWERED;
        queue.leaveHost(this);
    }

    /** The attempt has failed, be it the last one or not. */
    public void failed(FailureCode code) {}

    /** The download has failed: its places are for others, however long it takes to keep the result. */
    public void downloadFailed(Contact contactWithHost) {
        contact = contactWithHost;
        queue.leavePlaces(this);
    }

    /** The image is on the GPU: another may be downloaded ahead of it. */
    public void admitted() {
        queue.leaveAhead(this);
    }

    /** The GPU time is over. */
    public void computed() {}

    /** The image has this result, and it is kept. */
    public void recorded(ImageResult result) {}

    /**
     * The image is to be tried again some time after the work ends; it holds no place while it waits for that.
     *
     * @param triedSoFar attempts
     */
    public void retryAfter(Duration delay, int triedSoFar) {
        attempts = triedSoFar;
        retryDelay = delay;
    }

    /** The work begins at this time of the queue. */
    void begun(long now) {
        waitedNanos = now - workableSince;
        if (!task.begun()) {
            firstAttempt = now;
        }
    }

    /** How long the image has waited since it could be worked on: since it was queued, or was due to be tried again. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** How long ago the first attempt at the image began. */
    public Duration sinceFirstAttempt() {
        return queue.since(firstAttempt);
    }
}
