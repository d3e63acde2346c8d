package io.imageprocessor.image.http;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.isIdle;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.http.HostCircuitBreakers.TIMEOUTS_TO_OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.Downloads;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.lang.Thread.State;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Interrupted downloads, for example of a cancelled job: they end in every phase, leak nothing, and open no circuit.
 */
class InterruptedDownloadsTest {

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void endWhileTheyWaitForTheResponse() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Origin origin = downloads.answering(connection -> {
            asked.countDown();
            connection.awaitHangUp();
        });
        Download download = new Download(downloads.probe(), origin.url());
        asked.await();

        assertThat(download.interrupted()).isInstanceOf(ConnectFailure.class);
    }

    @Test
    void endInsideABody() throws Exception {
        Origin origin = downloads.answering(connection -> {
            connection.send(
                    concat(ascii("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"), Arrays.copyOf(PHOTO, 100)));
            connection.awaitHangUp();
        });
        Download download = new Download(downloads.probe(), origin.url());
        download.awaitWaitingForBody();

        assertThat(download.interrupted()).isInstanceOf(Truncated.class);
    }

    @Test
    void endWhileTheyWaitForAConnection() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Origin origin = downloads.answering(connection -> {
            asked.countDown();
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe();
        Download holder = new Download(probe, origin.url());
        asked.await();
        Download inLine = new Download(probe, origin.url());
        inLine.awaitWaiting();

        assertThat(inLine.interrupted()).isInstanceOf(ConnectFailure.class);
        assertThat(origin.open()).isOne();
        holder.interrupted();
    }

    @Test
    void endWhileTheyWaitForDns() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ImageProbe probe = localProbe(_ -> {
            asked.countDown();
            awaitOrBeInterrupted(release);
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        })) {
            Download download = new Download(probe, "http://slow-dns.example/");
            asked.await();

            assertThat(download.interrupted()).isInstanceOf(DnsFailure.class);
            assertThat(isIdle(probe)).isTrue();
            release.countDown();
        }
    }

    @Test
    void endInsideATlsHandshake() throws Exception {
        CountDownLatch greeted = new CountDownLatch(1);
        Origin silent = downloads.from(connection -> {
            greeted.countDown();
            connection.awaitHangUp();
        });
        Download download = new Download(downloads.probe(), silent.url().replace("http:", "https:"));
        greeted.await();
        download.awaitWaiting();

        assertThat(download.interrupted()).isInstanceOf(ConnectFailure.class);
    }

    @Test
    void doNotStartIfTheThreadIsInterrupted() throws Exception {
        Origin origin = downloads.from(Origin.answering(ok(PHOTO)));
        ImageProbe probe = downloads.probe();
        CountDownLatch interrupted = new CountDownLatch(1);
        Download download = new Download(probe, origin.url(), interrupted);
        download.thread.interrupt();
        interrupted.countDown();

        assertThat(download.interrupted()).isEqualTo(new ConnectFailure("the download was interrupted"));
        assertThat(origin.accepted()).isZero();
    }

    @Test
    void doNotCountAgainstTheirHost() throws Exception {
        int interrupted = 2 * TIMEOUTS_TO_OPEN;
        AtomicInteger asked = new AtomicInteger();
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                if (asked.incrementAndGet() > interrupted) {
                    connection.send(ok(PHOTO));
                }
            }
        });
        ImageProbe probe = downloads.probe();

        for (int i = 1; i <= interrupted; i++) {
            int count = i;
            Download download = new Download(probe, origin.url());
            await().pollDelay(Duration.ZERO).until(() -> asked.get() == count);
            assertThat(download.interrupted().contact()).isEqualTo(Contact.NONE);
        }

        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
    }

    private static void awaitOrBeInterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A download on its own virtual thread that must fail. */
    private static final class Download {

        private final FutureTask<ImageFailure> task;
        private final Thread thread;

        Download(ImageProbe probe, String url) {
            this(probe, url, new CountDownLatch(0));
        }

        Download(ImageProbe probe, String url, CountDownLatch begin) {
            task = new FutureTask<>(() -> {
                awaitOrBeInterrupted(begin);
                ImageFailure failure = failureOf(probe, url);
                assertThat(Thread.currentThread().isInterrupted())
                        .as("interrupt status")
                        .isTrue();
                return failure;
            });
            thread = Thread.ofVirtual().start(task);
        }

        void awaitWaiting() {
            await().pollDelay(Duration.ZERO).until(this::isWaiting);
        }

        /** Only the stack trace shows that the thread has the response header and waits for the body. */
        void awaitWaitingForBody() {
            await().pollDelay(Duration.ZERO)
                    .until(() -> isWaiting()
                            && Arrays.stream(thread.getStackTrace())
                                    .anyMatch(frame -> frame.getClassName().equals(HttpBody.class.getName())));
        }

        private boolean isWaiting() {
            return thread.getState() == State.WAITING || thread.getState() == State.TIMED_WAITING;
        }

        /** Interrupts the download and returns its failure. */
        ImageFailure interrupted() throws Exception {
            thread.interrupt();
            assertThat(thread.join(Duration.ofSeconds(5))).as("ends").isTrue();
            return task.get();
        }
    }
}
