package io.imageprocessor.job;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits the bytes of heap that all jobs take, by the estimate of {@link HeapCosts}. Only a {@link HeapReservation}
 * changes it. Thread-safe.
 *
 * <p>An eighth of the limit is for light jobs only, so that a few heavy jobs cannot keep everybody else out.
 */
public final class HeapBudget {

    /** Removes jobs that may be removed early. */
    @FunctionalInterface
    public interface Eviction {

        /**
         * Removes finished jobs until they have released so many bytes. Removes none if all that may be removed have
         * fewer, since the new job is rejected then.
         *
         * @param bytes that the new job needs, more than 0
         * @param forLightJob whether a light job needs the memory
         * @param spared a job that must stay, because the new one retries it; null if there is none
         * @return whether the bytes were released
         */
        boolean evict(long bytes, boolean forLightJob, @Nullable JobId spared);
    }

    private static final int SHARE_OF_LIGHT_JOBS = 8;
    private static final int LIGHT_JOBS = 64;
    private static final int BYTES_PER_MEGABYTE = 1 << 20;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();
    private volatile Eviction eviction = (_, _, _) -> false;

    /** @param limit bytes that all jobs together may take */
    public HeapBudget(long limit) {
        this.limit = limit;
    }

    /** Sets what removes finished jobs when the limit is reached; nothing does by default. */
    public void evictWith(Eviction how) {
        eviction = how;
    }

    public long limit() {
        return limit;
    }

    /** Returns the bytes that are reserved now. They exceed the limit while jobs are evicted for some of them. */
    public long reserved() {
        return reserved.get();
    }

    /** Returns whether a job of this size may use the share of light jobs. */
    public boolean isLight(long bytes) {
        return bytes <= limit / LIGHT_JOBS;
    }

    /** Returns a reservation of nothing yet. */
    public HeapReservation newReservation() {
        return new HeapReservation(this);
    }

    /** Returns the size of the largest job that an empty service accepts. */
    long largestJob() {
        return limit - limit / SHARE_OF_LIGHT_JOBS;
    }

    /**
     * Reserves bytes for a job. Removes finished jobs for them if necessary, and if that is enough.
     *
     * @param total bytes of the job, with these
     * @param spared a job that must stay; null if there is none
     * @throws JobTooLargeException if the job would not fit if there were no other
     * @throws SubmissionRejectedException if other jobs leave no room; then nothing is reserved, and no job is removed
     */
    void reserve(long bytes, long total, @Nullable JobId spared) {
        requirePossible(total);
        if (!tryReserve(bytes, total)) {
            reserveByEviction(bytes, total, spared);
        }
    }

    /**
     * The lock is for one job at a time: two could both count on the same finished jobs, and evict in vain. The bytes
     * are reserved before the eviction, so that no other job takes what it releases.
     */
    private synchronized void reserveByEviction(long bytes, long total, @Nullable JobId spared) {
        long max = max(total);
        long excess = reserved.addAndGet(bytes) - max;
        boolean isReserved = false;
        try {
            isReserved = evict(excess, max, isLight(total), spared);
        } finally {
            // After any failure, an OutOfMemoryError included.
            if (!isReserved) {
                release(bytes);
            }
        }
        if (!isReserved) {
            throw new SubmissionRejectedException(Reason.FULL, "memory limit for jobs reached; try again later");
        }
    }

    /** Evicts jobs until at most {@code max} bytes are reserved; returns false if that is not possible. */
    private boolean evict(long bytes, long max, boolean forLightJob, @Nullable JobId spared) {
        long excess = bytes;
        while (excess > 0 && !eviction.evict(excess, forLightJob, spared)) {
            // A job that expired meanwhile can no longer be evicted, but has released its bytes.
            long now = reserved.get() - max;
            if (now >= excess) {
                return false;
            }
            excess = now;
        }
        return true;
    }

    /** @throws JobTooLargeException if a job of this size would not fit even if there were no other */
    void requirePossible(long size) {
        if (size > largestJob()) {
            throw new JobTooLargeException(
                    "the job needs more than " + largestJob() / BYTES_PER_MEGABYTE + " MB of memory");
        }
    }

    /** Reserves bytes for a job if that needs no eviction; returns whether it did. */
    boolean tryReserve(long bytes, long total) {
        long max = max(total);
        long before = reserved.get();
        while (before + bytes <= max) {
            long seen = reserved.compareAndExchange(before, before + bytes);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    /** Returns the bytes that all jobs may have together after a job of this size is added. */
    private long max(long total) {
        return isLight(total) ? limit : largestJob();
    }

    /** Reserves bytes even beyond the limit. */
    void add(long bytes) {
        reserved.addAndGet(bytes);
    }

    void release(long bytes) {
        reserved.addAndGet(-bytes);
    }
}
