package io.imageprocessor.image.http;

import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.http.HostCircuitBreakers.TIMEOUTS_TO_OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Downloads from a host that times out repeatedly, over real sockets. */
class UnresponsiveHostTest {

    private static final byte[] PHOTO = ok(jpeg(3, 4));

    private volatile Origin.Behaviour behaviour = Origin.Connection::awaitHangUp;

    @Test
    void isNotRequestedAfterTenTimeouts() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "1s");
                Origin origin = origin()) {
            timeOut(probe, origin.url(), TIMEOUTS_TO_OPEN);

            ImageFailure failure = failureOf(probe, origin.url());

            assertThat(failure).isInstanceOf(HostUnavailable.class);
            assertThat(failure.message()).isEqualTo("the host has not answered lately: the origin was silent for 1s");
            assertThat(failure.retryAfter()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(origin.accepted()).isEqualTo(TIMEOUTS_TO_OPEN);
        }
    }

    @Test
    void isRequestedAgainAfterTheOpenTime() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "300ms");
                Origin origin = origin()) {
            timeOut(probe, origin.url(), TIMEOUTS_TO_OPEN);
            behaviour = answering(PHOTO);

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThatCode(() -> measure(probe, origin.url())).doesNotThrowAnyException());
            assertThatCode(() -> measure(probe, origin.url())).doesNotThrowAnyException();
        }
    }

    @Test
    void recoversWithAnyResponse() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "1s");
                Origin origin = origin()) {
            timeOut(probe, origin.url(), TIMEOUTS_TO_OPEN - 1);
            behaviour = connection -> {
                connection.readRequest();
                connection.send("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            };
            assertThat(failureOf(probe, origin.url())).isEqualTo(new HttpStatus(404));
            behaviour = Origin.Connection::awaitHangUp;

            timeOut(probe, origin.url(), TIMEOUTS_TO_OPEN);
        }
    }

    @Test
    void opensTheCircuitForBodiesThatNeverEnd() throws Exception {
        behaviour = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
            connection.awaitHangUp();
        };
        try (ImageProbe probe = localProbe("read-timeout", "1s");
                Origin origin = origin()) {
            timeOut(probe, origin.url(), TIMEOUTS_TO_OPEN);

            assertThat(failureOf(probe, origin.url())).isInstanceOf(HostUnavailable.class);
        }
    }

    @Test
    void doesNotOpenTheCircuitForLostConnections() throws Exception {
        behaviour = Origin.Connection::reset;
        try (ImageProbe probe = localProbe();
                Origin origin = origin()) {
            for (int i = 0; i < 2 * TIMEOUTS_TO_OPEN; i++) {
                assertThat(failureOf(probe, origin.url())).isInstanceOf(ConnectFailure.class);
            }
        }
    }

    @Test
    void opensOnlyItsOwnCircuitAfterARedirect() throws Exception {
        try (ImageProbe probe = localProbe("read-timeout", "1s");
                Origin dead = origin();
                Origin redirecting = Origin.that(connection -> {
                    while (connection.readRequest()) {
                        connection.send(connection.lastRequest().contains("?here") ? PHOTO : redirectTo(dead));
                    }
                })) {
            timeOut(probe, redirecting.url(), TIMEOUTS_TO_OPEN);

            assertThat(failureOf(probe, dead.url())).isInstanceOf(HostUnavailable.class);
            assertThat(failureOf(probe, redirecting.url())).isInstanceOf(HostUnavailable.class);
            assertThatCode(() -> measure(probe, redirecting.url() + "?here")).doesNotThrowAnyException();
        }
    }

    @Test
    void isNotBlamedForTheTimeOfARedirect() throws Exception {
        behaviour = answering(PHOTO);
        try (ImageProbe probe = localProbe("read-timeout", "1s");
                Origin healthy = origin();
                Origin stalling = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 302 Found\r\nLocation: " + healthy.url()
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n");
                    // The length of a chunk, without an end.
                    connection.drip("0".repeat(1000).getBytes(StandardCharsets.US_ASCII), 20);
                })) {
            timeOut(probe, stalling.url(), TIMEOUTS_TO_OPEN);

            assertThat(failureOf(probe, stalling.url())).isInstanceOf(HostUnavailable.class);
            assertThatCode(() -> measure(probe, healthy.url())).doesNotThrowAnyException();
            assertThat(healthy.accepted()).isEqualTo(1);
        }
    }

    @Test
    void isNotBlamedForATotalTimeoutThatStartedElsewhere() throws Exception {
        behaviour = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
            connection.drip(padded(jpeg(3, 4), 5000), 10);
        };
        try (ImageProbe probe = localProbe("total-timeout", "300ms");
                Origin slow = origin();
                Origin redirecting = Origin.answering(redirectTo(slow))) {
            timeOut(probe, redirecting.url(), TIMEOUTS_TO_OPEN);
            timeOut(probe, slow.url(), TIMEOUTS_TO_OPEN);

            assertThat(failureOf(probe, slow.url())).isInstanceOf(HostUnavailable.class);
        }
    }

    @Test
    void doesNotOpenTheCircuitForLackOfAFreeConnection() throws Exception {
        try (ImageProbe probe = localProbe("concurrency", "1", "total-timeout", "200ms");
                Origin origin = origin()) {
            timeOut(probe, origin.url(), 3 * TIMEOUTS_TO_OPEN);

            assertThat(failureOf(probe, origin.url())).isInstanceOf(Timeout.class);
        }
    }

    private Origin origin() {
        return Origin.that(connection -> behaviour.serve(connection));
    }

    private static Origin.Behaviour answering(byte[] response) {
        return connection -> {
            while (connection.readRequest()) {
                connection.send(response);
            }
        };
    }

    private static byte[] redirectTo(Origin target) {
        return ascii("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n");
    }

    /** Starts all downloads at once, so that all timeouts take no longer than one. */
    private static void timeOut(ImageProbe probe, String url, int times) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ImageFailure>> failures = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                failures.add(threads.submit(() -> failureOf(probe, url)));
            }
            for (Future<ImageFailure> failure : failures) {
                assertThat(failure.get()).isInstanceOf(Timeout.class);
            }
        }
    }
}
