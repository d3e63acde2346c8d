package io.imageprocessor.job;

import org.jspecify.annotations.Nullable;

/**
 * Owns the bytes that one job has in the {@link HeapBudget}, from its submission until it is removed, and releases each
 * byte once. The draft of the job closes it, unless a storage keeps the job in the heap. Thread-safe.
 */
public final class HeapReservation {

    /** A large job reserves in steps of this size, so that its images do not contend for the budget. */
    private static final long STEP = 256L << 10;

    /** A small job reserves a quarter more than it needs, so that it grows in a few steps. */
    private static final int STEPS_TO_DOUBLE = 4;

    private final HeapBudget budget;
    private long bytes;
    private long unfinished;
    private boolean kept;
    private boolean closed;
    private @Nullable JobId spared;

    HeapReservation(HeapBudget budget) {
        this.budget = budget;
    }

    /**
     * Reserves what a job needs that is being read, and some more if there is room.
     *
     * @return the bytes that are reserved now, at least {@code needed}
     * @throws JobTooLargeException if the job would not fit even if there were no other
     * @throws SubmissionRejectedException if other jobs leave no room
     */
    synchronized long growTo(long needed) {
        if (needed > bytes) {
            long ahead = needed + Math.min(needed / STEPS_TO_DOUBLE, STEP);
            if (budget.tryReserve(ahead - bytes, ahead)) {
                bytes = ahead;
            } else {
                budget.reserve(needed - bytes, needed, spared);
                bytes = needed;
            }
        }
        return bytes;
    }

    /** @throws JobTooLargeException if a job of this size would not fit even if there were no other */
    void requirePossible(long size) {
        budget.requirePossible(size);
    }

    /**
     * Releases what a complete job does not need.
     *
     * @param size all bytes that it needs
     * @param untilFinished the part that it needs only until it is finished
     */
    synchronized void complete(long size, long untilFinished) {
        reduceTo(size);
        unfinished = untilFinished;
    }

    /** Keeps a job from being removed for this one, which retries it. */
    synchronized void spare(JobId retried) {
        spared = retried;
    }

    /** Notes that a storage keeps the job in the heap, and calls {@link #close} when it removes the job. */
    public synchronized void keep() {
        kept = true;
    }

    /** Adds bytes, even beyond the limit, for what a kept job gets after it was accepted. */
    public synchronized void add(long more) {
        if (!closed) {
            budget.add(more);
            bytes += more;
        }
    }

    /** Releases what only an unfinished job needs. */
    public synchronized void jobFinished() {
        reduceTo(bytes - unfinished);
        unfinished = 0;
    }

    /** Returns the bytes that are reserved now. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Releases everything, unless a storage keeps the job. */
    synchronized void closeUnlessKept() {
        if (!kept) {
            close();
        }
    }

    /** Releases everything. Does nothing the second time. */
    public synchronized void close() {
        closed = true;
        unfinished = 0;
        reduceTo(0);
    }

    private void reduceTo(long size) {
        if (bytes > size) {
            budget.release(bytes - size);
            bytes = size;
        }
    }
}
