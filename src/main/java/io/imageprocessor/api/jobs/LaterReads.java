package io.imageprocessor.api.jobs;

import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import lombok.RequiredArgsConstructor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads the rest of a response that has begun, and so cannot become 503 any more. Repeats a read for some seconds if
 * the storage is unavailable: a lost connection or a failover must not cost the client the whole file. Thread-safe.
 */
@Component
@RequiredArgsConstructor
final class LaterReads {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Duration patience;
    private final Duration pause;

    @Autowired
    LaterReads() {
        this(PATIENCE, PAUSE);
    }

    /** @throws StorageUnavailableException if the storage stays unavailable, or this thread is interrupted */
    <T> T read(Supplier<T> read) {
        long start = System.nanoTime();
        while (true) {
            try {
                return read.get();
            } catch (StorageUnavailableException e) {
                if (System.nanoTime() - start >= patience.toNanos()
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(pause.toNanos());
            }
        }
    }
}
