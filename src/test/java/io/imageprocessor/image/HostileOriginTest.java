package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.format.ImageDimensions;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What origins do that no web server would. */
class HostileOriginTest {

    private static final byte[] PHOTO = jpeg(30, 40);

    @Test
    void endsADrippingBodyAtTheTotalTimeout() throws Exception {
        try (ImageProbe probe = localProbe("total-timeout", "400ms", "read-timeout", "300ms");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    connection.drip(padded(PHOTO, 5000), 20);
                })) {
            long start = System.nanoTime();

            ImageFailure failure = failureOf(probe, origin.url());

            assertThat(failure).isEqualTo(new Timeout("the download took longer than 400ms"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void leavesTheCallingThreadUninterruptedAfterATimeout() throws Exception {
        try (ImageProbe probe = localProbe("total-timeout", "100ms");
                Origin origin = Origin.that(Origin.Connection::awaitHangUp);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> interrupted = threads.submit(() -> {
                assertThat(failureOf(probe, origin.url())).isInstanceOf(Timeout.class);
                return Thread.currentThread().isInterrupted();
            });

            assertThat(interrupted.get()).isFalse();
        }
    }

    @Test
    void endsASilentAnswerAtTheReadTimeout() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "100ms");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.awaitHangUp();
                })) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(new Timeout("the origin was silent for 100ms"));
        }
    }

    @Test
    void countsADrippingHeadAsSilence() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "200ms");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.drip(ok(padded(PHOTO, 5000)), 20);
                })) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(new Timeout("the origin was silent for 200ms"));
        }
    }

    @Test
    void endsASilentBodyAtTheReadTimeout() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "100ms");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    connection.send(PHOTO);
                    connection.awaitHangUp();
                })) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(new Timeout("the origin was silent for 100ms"));
        }
    }

    @Test
    void tellsABodyShorterThanPromised() throws Exception {
        assertEndsAs(new Truncated("the body ended before it was complete"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (PHOTO.length + 1) + "\r\n\r\n");
            connection.send(PHOTO);
        });
    }

    @Test
    void tellsAChunkedBodyThatBreaksOff() throws Exception {
        assertEndsAs(new Truncated("the body ended before it was complete"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            connection.send(Integer.toHexString(PHOTO.length) + "\r\n");
            connection.send(concat(PHOTO, ascii("\r\n")));
        });
    }

    @Test
    void tellsAResetInTheMiddleOfABody() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        assertEndsAs(new Truncated("the body ended before it was complete"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
            connection.send(padded(PHOTO, 400_000));
            read.countDown();
            connection.reset();
        });
        read.await();
    }

    @Test
    void tellsAFileThatEndsBeforeItsSize() throws Exception {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.answering(ok(Arrays.copyOf(PHOTO, 40)))) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(new Truncated("the file ends before the image does"));
        }
    }

    @Test
    void takesChunksOfOneByte() throws Exception {
        StringBuilder chunks = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (byte b : PHOTO) {
            chunks.append("1\r\n").append((char) (b & 0xFF)).append("\r\n");
        }
        try (ImageProbe probe = localProbe();
                Origin origin =
                        Origin.answering(ascii(chunks.append("0\r\n\r\n").toString()))) {
            assertThat(probe.measure(origin.url()))
                    .isEqualTo(new MeasuredImage(new ImageDimensions(30, 40, "jpeg"), PHOTO.length));
        }
    }

    @Test
    void takesHttp10WithoutLength() throws Exception {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send(concat(ascii("HTTP/1.0 200 OK\r\n\r\n"), PHOTO));
                })) {
            assertThat(probe.measure(origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
    }

    @Test
    void refusesAnAnnouncedLengthOverTheLimitAtOnce() throws Exception {
        assertEndsAs(new TooLarge("the body was larger than 64MB"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            connection.awaitHangUp();
        });
    }

    @Test
    void refusesAnEndlessBody() throws Exception {
        try (ImageProbe probe = localProbe("max-bytes", "1MB");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    byte[] chunk = concat(ascii("10000\r\n"), concat(padded(PHOTO, 65536), ascii("\r\n")));
                    while (true) {
                        connection.send(chunk);
                    }
                })) {
            assertThat(failureOf(probe, origin.url())).isInstanceOf(TooLarge.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/3.0 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le"
            })
    void tellsWhatIsNoHttp(String answer) throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "2s");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send(answer);
                })) {
            assertThat(failureOf(probe, origin.url())).isInstanceOf(ConnectFailure.class);
        }
    }

    @Test
    void refusesEndlessHeaders() throws Exception {
        assertEndsAs(new ConnectFailure("the origin's answer has oversized headers"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                connection.send("X-Filler: more\r\n");
            }
        });
    }

    @Test
    void refusesAnEndlessHeaderLine() throws Exception {
        assertEndsAs(new ConnectFailure("the origin's answer has oversized headers"), connection -> {
            connection.send("HTTP/1.1 200 OK\r\nX-Filler: ");
            while (true) {
                connection.send("more more more more more more more more");
            }
        });
    }

    @Test
    void tellsARefusedConnection() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        try (ImageProbe probe = localProbe()) {
            assertThat(failureOf(probe, "http://127.0.0.1:" + port + "/"))
                    .isEqualTo(new ConnectFailure("the origin could not be connected to"));
        }
    }

    @Test
    void keepsAConnectionWhoseBodyWasReadToItsEnd() throws Exception {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.answering(ok(padded(PHOTO, 100_000)))) {
            for (int i = 0; i < 20; i++) {
                probe.measure(origin.url());
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void keepsAConnectionThatAnsweredWithAShortError() throws Exception {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.answering(ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"))) {
            for (int i = 0; i < 5; i++) {
                failureOf(probe, origin.url());
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void tellsAKeptConnectionThatTheOriginClosed() throws Exception {
        CountDownLatch firstGone = new CountDownLatch(1);
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send(ok(PHOTO));
                    connection.readRequest();
                    firstGone.countDown();
                })) {
            probe.measure(origin.url());

            ImageFailure failure = failureOf(probe, origin.url());

            firstGone.await();
            assertThat(failure).isInstanceOf(ConnectFailure.class);
            assertThat(failure.retryable()).isTrue();
            assertThat(probe.measure(origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
    }

    @Test
    void aWaitForAConnectionIsPartOfTheTotalTimeoutAndLosesNone() throws Exception {
        try (ImageProbe probe = localProbe("concurrency", "1", "total-timeout", "300ms");
                Origin origin = Origin.answering(ok(PHOTO));
                Origin silent = Origin.that(Origin.Connection::awaitHangUp);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ImageFailure>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(threads.submit(() -> failureOf(probe, silent.url())));
            }
            for (Future<ImageFailure> failure : waiting) {
                assertThat(failure.get()).isInstanceOf(Timeout.class);
            }

            assertThat(probe.measure(origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
    }

    @Test
    void readsOnlyTheHeadInHeaderMode() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch hungUp = new CountDownLatch(1);
        try (ImageProbe probe = localProbe("mode", "header");
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
                    byte[] body = padded(PHOTO, 5_000_000);
                    try {
                        for (int i = 0; i < body.length; i += 10_000) {
                            connection.send(Arrays.copyOfRange(body, i, i + 10_000));
                            sent.addAndGet(10_000);
                        }
                    } finally {
                        hungUp.countDown();
                    }
                })) {
            MeasuredImage measured = probe.measure(origin.url());

            hungUp.await();
            assertThat(measured.dimensions()).isEqualTo(new ImageDimensions(30, 40, "jpeg"));
            assertThat(measured.bytes()).isLessThanOrEqualTo(64 * 1024);
            // What the kernel buffers on both sides of loopback is sent, but not read.
            assertThat(sent.get()).isLessThan(5_000_000);
        }
    }

    @Test
    void aHealthyOriginIsNotHeldUpByDrippingOnes() throws Exception {
        int dripping = 64;
        CountDownLatch started = new CountDownLatch(dripping);
        try (ImageProbe probe = localProbe("total-timeout", "20s");
                Origin slow = Origin.that(connection -> {
                    connection.readRequest();
                    // Far enough that ImageIO has begun to look, and wants more.
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
                threads.submit(() -> probe.measure(healthy.url())).get();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(slowOnes).noneMatch(Future::isDone);
            threads.shutdownNow();
        }
    }

    @Test
    void anInterruptEndsADownload() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    asked.countDown();
                    connection.awaitHangUp();
                })) {
            List<ImageFailure> failures = new ArrayList<>();
            Thread caller = Thread.ofVirtual().start(() -> failures.add(failureOf(probe, origin.url())));
            asked.await();

            caller.interrupt();

            assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
            assertThat(failures).singleElement().isInstanceOf(ConnectFailure.class);
        }
    }

    @Test
    void leavesNoThreadBehind() throws IOException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Origin origin = Origin.answering(ok(PHOTO))) {
            ImageProbe probe = localProbe();
            failureOf(probe, "http://host.invalid/");
            assertThat(downloadThreadsSince(before)).hasSizeGreaterThanOrEqualTo(3);

            probe.close();

            assertThat(failureOf(probe, origin.url())).isInstanceOf(ConnectFailure.class);
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(downloadThreadsSince(before)).isEmpty());
    }

    private static List<Thread> downloadThreadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> thread.getName().startsWith("image-")
                        || thread.getName().startsWith("idle-connection"))
                .toList();
    }

    private static void assertEndsAs(ImageFailure expected, Origin.Behaviour answer) throws IOException {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    answer.serve(connection);
                })) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(expected);
        }
    }
}
