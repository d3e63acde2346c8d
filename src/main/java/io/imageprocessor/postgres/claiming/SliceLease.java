package io.imageprocessor.postgres.claiming;

import io.imageprocessor.postgres.reading.SliceKey;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The lease of this replica on a slice, under one claim of db-scheduler, whose heartbeat keeps it. A lease ends once,
 * for the first of several reasons. Thread-safe.
 */
final class SliceLease {

    /** Why a lease ended. */
    enum End {
        /** All results were written under this lease. The claim was deleted with the last one. */
        RECORDED,
        /** Nothing is left to do, or the job is finished; the claim has to be deleted. */
        DONE,
        /** Another replica has claimed the slice. */
        LOST,
        /** This replica gave the lease up; any replica may claim the slice. */
        RELEASED
    }

    private final SliceKey key;
    private final long claimVersion;
    private final boolean first;

    /** Offsets of the images without a result; guarded by itself, as is {@link #allWritten}. */
    private final BitSet unfinished = new BitSet();

    private boolean allWritten = true;

    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile boolean opened;
    private volatile boolean waitingForRoom;

    /**
     * Creates a lease.
     *
     * @param claimVersion the version of the claim's row, which grows with each claim of the slice
     * @param first whether it is the first claimable slice of its job
     */
    SliceLease(SliceKey key, long claimVersion, boolean first) {
        this.key = key;
        this.claimVersion = claimVersion;
        this.first = first;
    }

    SliceKey key() {
        return key;
    }

    long claimVersion() {
        return claimVersion;
    }

    boolean isFirst() {
        return first;
    }

    /** Sets the offsets of the images without a result, before they are queued. */
    void open(BitSet withoutResult) {
        synchronized (unfinished) {
            unfinished.or(withoutResult);
        }
        opened = true;
    }

    /** Notes whether the slice was read, and waits for memory in the queue. */
    void setWaitingForRoom(boolean waiting) {
        waitingForRoom = waiting;
    }

    /** Returns whether the slice is about to be read and its images queued. */
    boolean isOpening() {
        return !opened && !waitingForRoom;
    }

    /**
     * Notes that an image has a result. The last one ends the lease.
     *
     * @param written false if nothing was written, because the image had a result or the job has ended
     */
    void recordResult(int offset, boolean written) {
        End last;
        synchronized (unfinished) {
            unfinished.clear(offset);
            allWritten &= written;
            last = allWritten ? End.RECORDED : End.DONE;
            if (!unfinished.isEmpty()) {
                return;
            }
        }
        if (opened) {
            end(last);
        }
    }

    /**
     * Ends the lease, unless it has ended.
     *
     * @return whether this call ended it
     */
    boolean end(End reason) {
        return end.complete(reason);
    }

    /** Ends the lease because the result of an image cannot be written. The slice has to be claimed again. */
    void fail(Throwable reason) {
        end.completeExceptionally(reason);
    }

    boolean isEnded() {
        return end.isDone();
    }

    /** Waits for the end. Throws the reason of {@link #fail}. */
    End await() {
        try {
            return end.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Waits for the end, at most for this time. An interrupt releases the lease. */
    void awaitEnd(Duration timeout) {
        try {
            end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The caller checks whether it has ended, and why.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(End.RELEASED);
        }
    }
}
