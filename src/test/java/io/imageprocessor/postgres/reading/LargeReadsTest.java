package io.imageprocessor.postgres.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LargeReadsTest {

    private final Semaphore permits = new Semaphore(2, true);
    private final LargeReads reads = new LargeReads(permits, Duration.ofMinutes(1));

    @Test
    void runsAtMostItsPermitsAtATime() {
        AtomicInteger running = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Integer>> results = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> reads.run(() -> {
                                int now = running.incrementAndGet();
                                LockSupport.parkNanos(1_000);
                                running.decrementAndGet();
                                return now;
                            }),
                            clients))
                    .toList();

            assertThat(results)
                    .extracting(CompletableFuture::join)
                    .allSatisfy(now -> assertThat(now).isBetween(1, 2));
        }
    }

    @Test
    void releasesThePermitOfAReadThatFails() {
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> reads.run(() -> {
                        throw new IllegalStateException("no such table");
                    }));
        }

        assertThat(permits.availablePermits()).isEqualTo(2);
    }

    @Test
    void isUnavailableIfTheOthersTakeTooLong() {
        permits.acquireUninterruptibly(2);

        assertThatExceptionOfType(StorageUnavailableException.class)
                .isThrownBy(() -> new LargeReads(permits, Duration.ofMillis(1)).run(() -> "read"));
        permits.release();
        assertThat(new LargeReads(permits, Duration.ofMillis(1)).run(() -> "read"))
                .isEqualTo("read");
    }

    @Test
    void stopsWaitingWhenItsThreadIsInterrupted() throws InterruptedException {
        permits.acquireUninterruptibly(2);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread client = Thread.startVirtualThread(() -> {
            try {
                reads.run(() -> "read");
            } catch (StorageUnavailableException e) {
                interrupted.complete(Thread.currentThread().isInterrupted());
            }
        });
        await().until(permits::hasQueuedThreads);

        client.interrupt();

        assertThat(interrupted.join()).isTrue();
        client.join();
        assertThat(permits.hasQueuedThreads()).isFalse();
    }
}
