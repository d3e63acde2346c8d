package io.imageprocessor.api.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * Decides which events one listener is sent, and when. A changed progress is sent after an interval, the end of the job
 * at once, and a comment after a long time without a write. For a slow listener only the newest progress and the end
 * are buffered. Times are those of {@link System#nanoTime()}. Not thread-safe.
 */
final class ListenerBuffer {

    /** Makes the client reconnect two seconds after it loses the connection. */
    private static final byte[] RETRY = "retry: 2000\n\n".getBytes(US_ASCII);

    private static final byte[] HEARTBEAT = ":\n\n".getBytes(US_ASCII);

    private final long heartbeatNanos;

    /** Id of the last progress that was sent or buffered. */
    private String lastProgressId;

    private byte @Nullable [] retry = RETRY;
    private byte @Nullable [] progress;
    private byte @Nullable [] finished;
    private boolean progressSent;
    private boolean ended;
    private long progressAt;
    private long sentAt;

    /**
     * @param lastEventId id of the last event that the client received on an earlier connection; empty if there is none
     */
    ListenerBuffer(String lastEventId, long heartbeatNanos, long now) {
        this.lastProgressId = lastEventId;
        this.heartbeatNanos = heartbeatNanos;
        this.sentAt = now;
    }

    /**
     * Buffers what the listener should be sent of this snapshot.
     *
     * @param intervalNanos shortest time between two progress events
     * @return whether there is something to send
     */
    boolean update(JobSnapshot job, long now, long intervalNanos) {
        if (!ended) {
            boolean due = job.isFinal() || progress != null || !progressSent || now - progressAt >= intervalNanos;
            if (due && !job.progressId().equals(lastProgressId)) {
                progress = job.progress();
                lastProgressId = job.progressId();
            }
            if (job.isFinal()) {
                finished = job.finished();
                ended = true;
            }
        }
        return ended || progress != null || now - sentAt >= heartbeatNanos;
    }

    /** Ends the stream after what is buffered. */
    void end() {
        ended = true;
    }

    /** Removes and returns what is sent next; null if there is nothing now. */
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
            next = !ended && now - sentAt >= heartbeatNanos ? HEARTBEAT : null;
        }
        return next;
    }

    /** Returns whether the stream is complete once {@link #next} returns null. */
    boolean isEnded() {
        return ended;
    }
}
