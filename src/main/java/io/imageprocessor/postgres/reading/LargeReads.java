package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import lombok.RequiredArgsConstructor;

/**
 * Limits how many reads of many rows run at the same time. More of them would not end sooner, but take the connections
 * and processors from all other calls: hundreds of clients may ask for something large at once. The others wait, the
 * longest first. Thread-safe.
 */
@RequiredArgsConstructor
final class LargeReads {

    /** Maximum number of rows of a read that is not large: as many as the pieces of a response that is a stream. */
    static final int SMALL = 250;

    private final Semaphore permits;
    private final Duration maxWait;

    /**
     * Runs a read that is not within a transaction, when there is a permit for it.
     *
     * @throws StorageUnavailableException if others take too long, or this thread is interrupted
     */
    <T> T run(Supplier<T> read) {
        try {
            if (!permits.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StorageUnavailableException(
                        new TimeoutException("other large reads have taken " + maxWait.toSeconds() + " s"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageUnavailableException(e);
        }
        try {
            return read.get();
        } finally {
            permits.release();
        }
    }
}
