package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.HeapCosts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the heap of claimed slices. The size of a slice is known only after it was read, so reading one needs room for
 * the largest slice. Thread-safe.
 */
final class SliceMemory {

    private static final int BYTES_PER_PERMIT = 1 << 10;

    /** The largest slice while it is read: URLs of 10,000 characters in the driver's buffer, its text and strings. */
    static final int LARGEST_BYTES = 8 << 20;

    /** The queue's objects for an image, without its URL. */
    private static final int BYTES_PER_IMAGE = 60;

    private static final Duration CHECK_OF_LEASE = Duration.ofMillis(100);

    private final Semaphore permits;

    /** @param limit bytes of all slices; at least one of the largest size is possible in any case */
    SliceMemory(long limit) {
        permits = new Semaphore(permits(Math.max(limit, LARGEST_BYTES)));
    }

    /** Returns whether a slice waits for room. */
    boolean isFull() {
        return permits.hasQueuedThreads();
    }

    /** Returns the bytes that are free. */
    long free() {
        return (long) permits.availablePermits() * BYTES_PER_PERMIT;
    }

    private static int permits(long bytes) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, BYTES_PER_PERMIT)));
    }

    /** The room of one slice. Not thread-safe. */
    final class Room implements AutoCloseable {

        private int held;

        /**
         * Waits until the slice can be read. An interrupt releases the lease.
         *
         * @return false if the lease ended before
         */
        boolean acquire(SliceLease lease) {
            try {
                while (held == 0 && !lease.isEnded()) {
                    if (permits.tryAcquire(permits(LARGEST_BYTES), CHECK_OF_LEASE.toMillis(), TimeUnit.MILLISECONDS)) {
                        held = permits(LARGEST_BYTES);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                lease.end(SliceLease.End.RELEASED);
            }
            return held > 0;
        }

        /** Releases what a slice with these URLs does not need. */
        void shrinkTo(List<String> urls) {
            long bytes = 0;
            for (String url : urls) {
                bytes += HeapCosts.of(url) + BYTES_PER_IMAGE;
            }
            int needed = Math.min(held, permits(bytes));
            permits.release(held - needed);
            held = needed;
        }

        @Override
        public void close() {
            permits.release(held);
            held = 0;
        }
    }
}
