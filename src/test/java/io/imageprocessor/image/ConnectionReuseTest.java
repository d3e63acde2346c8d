package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections are reused, and that no bytes of one response are taken for the next. */
class ConnectionReuseTest {

    private static final String PHOTO_HEAD = "HTTP/1.1 200 OK\r\nContent-Length: " + PHOTO.length + "\r\n\r\n";

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void reusesAConnectionWhoseBodyWasReadToItsEnd() throws Exception {
        Origin origin = downloads.from(Origin.answering(ok(padded(PHOTO, 100_000))));
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 20; i++) {
            measure(probe, origin.url());
        }

        assertThat(origin.accepted()).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nContent-Encoding: br\r\n\r\ngone",
                "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngone\r\n0\r\n\r\n",
                "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n"
            })
    void reusesAConnectionAfterAShortErrorBody(String response) {
        Origin origin = downloads.answering(response);
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 5; i++) {
            failureOf(probe, origin.url());
        }

        assertThat(origin.accepted()).isOne();
    }

    @Test
    void reusesAConnectionWhoseErrorBodyArrivesLate() {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 20000\r\n\r\n");
                connection.pause(10);
                connection.send(new byte[20_000]);
            }
        });
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 20; i++) {
            failureOf(probe, origin.url());
        }

        // A busy machine may delay a few bodies for longer than the draining timeout.
        assertThat(origin.accepted()).isLessThan(10);
    }

    @Test
    void removesTheDrainingTimeoutFromAReusedConnection() {
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n");
            connection.pause(10);
            connection.send("gone");
            connection.readRequest();
            connection.pause(300);
            connection.send(ok(PHOTO));
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe();

        // The origin sends the photo only as the second response of a connection, and later than the draining timeout.
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length));
    }

    @Test
    void replacesAReusedConnectionThatTheOriginCloses() throws Exception {
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            connection.send(ok(PHOTO));
            connection.readRequest();
        });
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }

        assertThat(origin.accepted()).isEqualTo(3);
    }

    @Test
    void doesNotReplaceANewConnectionThatTheOriginCloses() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            if (connections.incrementAndGet() == 1) {
                connection.send(ok(PHOTO));
                connection.readRequest();
            }
        });
        ImageProbe probe = downloads.probe();
        measure(probe, origin.url());

        assertThat(failureOf(probe, origin.url()))
                .isEqualTo(new ConnectFailure("the origin closed the connection without an answer"));
        assertThat(connections).hasValue(2);
    }

    @Test
    void triesAtMostOneReusedConnection() throws Exception {
        int kept = 5;
        CyclicBarrier allAsked = new CyclicBarrier(kept);
        AtomicInteger connections = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        try (Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    if (connections.incrementAndGet() <= kept) {
                        awaitAll(allAsked);
                    }
                    connection.send(ok(PHOTO));
                    if (connection.readRequest()) {
                        broken.incrementAndGet();
                    }
                });
                ImageProbe probe = localProbe();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<MeasuredImage> measuring = () -> measure(probe, origin.url());
            for (Future<MeasuredImage> photo : callers.invokeAll(Collections.nCopies(kept, measuring))) {
                photo.get();
            }

            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);

            assertThat(broken).hasValue(1);
            assertThat(connections).hasValue(kept + 1);
        }
    }

    private static void awaitAll(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void doesNotReplaceAReusedConnectionOfASilentOrigin() throws Exception {
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            connection.send(ok(PHOTO));
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe("read-timeout", "300ms");
        measure(probe, origin.url());

        assertThat(failureOf(probe, origin.url())).isEqualTo(new Timeout("the origin was silent for 300ms"));

        assertThat(origin.accepted()).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\n\r\n"
            })
    void doesNotTreatBytesAfterAPhotoAsTheNextResponse(String extra) throws Exception {
        Origin origin = downloads.from(Origin.answering(concat(ok(PHOTO), ascii(extra))));
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 5; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }

        assertThat(origin.accepted()).isEqualTo(5);
    }

    @Test
    void doesNotTreatAPhotoSentLaterAsTheNextResponse() throws Exception {
        byte[] other = ok(jpeg(999, 999));
        Phaser extraSent = new Phaser(2);
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            connection.send(ok(PHOTO));
            // Only after the photo has been measured and its connection is back in the pool.
            extraSent.arriveAndAwaitAdvance();
            connection.send(other);
            extraSent.arriveAndAwaitAdvance();
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe();
        Runnable sendExtra = () -> {
            extraSent.arriveAndAwaitAdvance();
            extraSent.arriveAndAwaitAdvance();
        };

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).dimensions().width()).isEqualTo(30);
            sendExtra.run();
        }

        assertThat(origin.accepted()).isEqualTo(3);
    }

    @Test
    void closesAConnectionWhoseResponseDeclaresTwoLengths() throws Exception {
        String chunk = Integer.toHexString(PHOTO.length) + "\r\n";
        Origin origin = downloads.from(Origin.answering(concat(
                concat(
                        ascii("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk),
                        PHOTO),
                ascii("\r\n0\r\n\r\n"))));
        ImageProbe probe = downloads.probe();

        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);

        assertThat(origin.accepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            })
    void closesAConnectionIfTheResponseAsksForIt(String head) throws Exception {
        Origin origin = downloads.from(Origin.answering(concat(ascii(head.formatted(PHOTO.length)), PHOTO)));
        ImageProbe probe = downloads.probe();

        measure(probe, origin.url());
        measure(probe, origin.url());

        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void acceptsAPhotoFromAnOriginThatHalfClosesTheConnection() throws Exception {
        assertThat(downloads
                        .measured(connection -> {
                            connection.send(PHOTO_HEAD);
                            connection.send(PHOTO);
                            connection.endOutput();
                            connection.awaitHangUp();
                        })
                        .bytes())
                .isEqualTo(PHOTO.length);
    }
}
