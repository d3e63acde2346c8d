package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Effects of downloads on each other and on the calling threads. */
class ConcurrentDownloadsTest {

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void drippingOriginsDoNotDelayAHealthyOne() throws Exception {
        int dripping = 64;
        CountDownLatch started = new CountDownLatch(dripping);
        try (ImageProbe probe = localProbe("total-timeout", "20s");
                Origin slow = Origin.that(connection -> {
                    connection.readRequest();
                    // Enough for the reader to start, but not for the dimensions.
                    connection.send(Arrays.copyOf(ok(PHOTO), 100));
                    started.countDown();
                    connection.drip(new byte[10_000], 10);
                });
                Origin healthy = Origin.answering(ok(padded(PHOTO, 100_000)));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ImageFailure>> slowOnes = new ArrayList<>();
            for (int i = 0; i < dripping; i++) {
                slowOnes.add(threads.submit(() -> failureOf(probe, slow.url())));
            }
            started.await();
            long start = System.nanoTime();

            for (int i = 0; i < 50; i++) {
                threads.submit(() -> measure(probe, healthy.url())).get();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(slowOnes).noneMatch(Future::isDone);
            threads.shutdownNow();
        }
    }

    @Test
    void totalTimeoutIncludesTheWaitForAConnection() throws Exception {
        Origin silent = downloads.from(Origin.Connection::awaitHangUp);
        ImageProbe probe = downloads.probe("total-timeout", "300ms");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ImageFailure>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(threads.submit(() -> failureOf(probe, silent.url())));
            }
            for (Future<ImageFailure> failure : waiting) {
                assertThat(failure.get()).isInstanceOf(Timeout.class);
            }
        }
    }

    @Test
    void clearsTheInterruptStatusAfterATimeout() throws Exception {
        Origin silent = downloads.from(Origin.Connection::awaitHangUp);
        ImageProbe probe = downloads.probe("total-timeout", "300ms");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> interrupted = threads.submit(() -> {
                assertThat(failureOf(probe, silent.url())).isInstanceOf(Timeout.class);
                return Thread.currentThread().isInterrupted();
            });

            assertThat(interrupted.get()).isFalse();
        }
    }

    @Test
    void interruptEndsADownload() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Origin origin = downloads.answering(connection -> {
            asked.countDown();
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe();
        List<ImageFailure> failures = new ArrayList<>();
        Thread caller = Thread.ofVirtual().start(() -> failures.add(failureOf(probe, origin.url())));
        asked.await();

        caller.interrupt();

        assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
        assertThat(failures).singleElement().isInstanceOf(ConnectFailure.class);
    }

    @Test
    void closeEndsAllThreads() throws IOException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Origin origin = Origin.answering(ok(PHOTO))) {
            ImageProbe probe = localProbe(host -> {
                throw new UnknownHostException(host);
            });
            failureOf(probe, "http://host.invalid/");
            assertThat(Downloads.threadsSince(before)).hasSizeGreaterThanOrEqualTo(3);

            probe.close();

            assertThat(failureOf(probe, origin.url())).isInstanceOf(ConnectFailure.class);
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Downloads.threadsSince(before)).isEmpty());
    }
}
