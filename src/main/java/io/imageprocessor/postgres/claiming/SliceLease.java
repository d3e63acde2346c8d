package io.imageprocessor.postgres.claiming;

import io.imageprocessor.postgres.reading.SliceKey;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A slice that this replica works on, under one claim. It ends once, whatever comes first. Thread-safe. */
final class SliceLease {

    /** Why a slice is not held any more. */
    enum End {
        /** All of its images have results, or their job is over: its claim can go. */
        DONE,
        /** The claim is not this replica's any more. */
        LOST,
        /** Others are to go on with it. */
        HANDED_BACK
    }

    private final SliceKey key;
    private final long claim;
    private final boolean first;

    /** Distances of the images without a result; guarded by itself. */
    private final BitSet left = new BitSet();

    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile boolean begun;

    /**
     * @param claim the version of the claim's row, which grows with each claim of this slice
     * @param first whether it is the first slice of its job that was to be claimed
     */
    SliceLease(SliceKey key, long claim, boolean first) {
        this.key = key;
        this.claim = claim;
        this.first = first;
    }

    SliceKey key() {
        return key;
    }

    long claim() {
        return claim;
    }

    boolean isFirst() {
        return first;
    }

    /** Notes which images are to get a result, before any of them does. */
    void begin(BitSet wanted) {
        synchronized (left) {
            left.or(wanted);
        }
        begun = true;
    }

    /** Whether its images are in the queue, or were. */
    boolean isBegun() {
        return begun;
    }

    /** An image has a result; with the last one the slice ends. */
    void recorded(int distance) {
        boolean last;
        synchronized (left) {
            left.clear(distance);
            last = left.isEmpty();
        }
        if (last && begun) {
            end(End.DONE);
        }
    }

    /**
     * Ends it, unless it has ended.
     *
     * @return whether it had not
     */
    boolean end(End reason) {
        return end.complete(reason);
    }

    /** The result of an image cannot be kept: the slice has to be tried again. */
    void fail(Throwable reason) {
        end.completeExceptionally(reason);
    }

    boolean isEnded() {
        return end.isDone();
    }

    /** Waits for its end; throws what {@link #fail} was called with. */
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

    /** Waits so long, or until its end. */
    void awaitFor(Duration time) {
        try {
            end.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The caller looks itself.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(End.HANDED_BACK);
        }
    }
}
