package io.imageprocessor.api.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * Decides what one listener is sent, and when: the newest progress when its time has come and something has changed,
 * the end of the job at once, a comment after a long silence. Of what the listener is too slow to take, the newest
 * progress and the end are kept and nothing else. Times are those of {@link System#nanoTime()}. Not thread-safe.
 */
final class ListenerBuffer {

    /** Asks the client to come back after two seconds, should it lose the connection. */
    private static final byte[] RETRY = "retry: 2000\n\n".getBytes(US_ASCII);

    private static final byte[] HEARTBEAT = ":\n\n".getBytes(US_ASCII);

    private final long heartbeatNanos;

    /** The last progress that the listener was sent, or is about to be. */
    private String shownId;

    private byte @Nullable [] retry = RETRY;
    private byte @Nullable [] progress;
    private byte @Nullable [] finished;
    private boolean progressSent;
    private boolean over;
    private long progressAt;
    private long sentAt;

    /**
     * @param lastEventId the id of the last event that the client knows, on an earlier connection; empty if it knows
     *     none
     */
    ListenerBuffer(String lastEventId, long heartbeatNanos, long now) {
        this.shownId = lastEventId;
        this.heartbeatNanos = heartbeatNanos;
        this.sentAt = now;
    }

    /**
     * Takes note of where the job stands.
     *
     * @param intervalNanos the least time between two progress events
     * @return whether there is something to send
     */
    boolean see(JobSnapshot job, long now, long intervalNanos) {
        if (!over) {
            boolean due = job.isFinal() || progress != null || !progressSent || now - progressAt >= intervalNanos;
            if (due && !job.progressId().equals(shownId)) {
                progress = job.progress();
                shownId = job.progressId();
            }
            if (job.isFinal()) {
                finished = job.finished();
                over = true;
            }
        }
        return over || progress != null || now - sentAt >= heartbeatNanos;
    }

    /** Nothing is to be sent but what was seen so far. */
    void end() {
        over = true;
    }

    /** What the listener, who is ready for it, is sent next; null if there is nothing now. */
    byte @Nullable [] next(long now) {
        byte[] next = take(now);
        if (next != null) {
            sentAt = now;
        }
        return next;
    }

    private byte @Nullable [] take(long now) {
        byte[] next;
        if (retry != null) {
            next = retry;
            retry = null;
        } else if (progress != null) {
            next = progress;
            progress = null;
            progressSent = true;
            progressAt = now;
        } else if (finished != null) {
            next = finished;
            finished = null;
        } else {
            next = !over && now - sentAt >= heartbeatNanos ? HEARTBEAT : null;
        }
        return next;
    }

    /** Whether there is nothing to be sent any more, once {@link #next} has nothing. */
    boolean isOver() {
        return over;
    }
}
