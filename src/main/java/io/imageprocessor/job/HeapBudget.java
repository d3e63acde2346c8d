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
         * Removes one finished job, and releases its bytes.
         *
         * @param forLightJob whether a light job needs the memory
         * @param spared a job that must stay, because the new one retries it; null if there is none
         * @return false if there is no job to remove
         */
        boolean evict(boolean forLightJob, @Nullable JobId spared);
    }

    private static final int SHARE_OF_LIGHT_JOBS = 8;
    private static final int LIGHT_JOBS = 64;
    private static final int BYTES_PER_MEGABYTE = 1 << 20;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();
    private volatile Eviction eviction = (_, _) -> false;

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

    /** Returns the bytes that are reserved now. */
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
     * Reserves bytes for a job, and removes finished jobs for them if necessary.
     *
     * @param total bytes of the job, with these
     * @param spared a job that must stay; null if there is none
     * @throws JobTooLargeException if the job would not fit if there were no other
     * @throws SubmissionRejectedException if other jobs leave no room; then nothing is reserved
     */
    void reserve(long bytes, long total, @Nullable JobId spared) {
        requirePossible(total);
        boolean light = isLight(total);
        while (!tryReserve(bytes, total)) {
            if (!eviction.evict(light, spared)) {
                throw new SubmissionRejectedException(Reason.FULL, "memory limit for jobs reached; try again later");
            }
        }
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
        long max = isLight(total) ? limit : largestJob();
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

    /** Reserves bytes even beyond the limit. */
    void add(long bytes) {
        reserved.addAndGet(bytes);
    }

    void release(long bytes) {
        reserved.addAndGet(-bytes);
    }
}
