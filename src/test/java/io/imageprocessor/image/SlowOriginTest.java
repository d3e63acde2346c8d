package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.Timeout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins that are silent, or send very slowly. */
class SlowOriginTest {

    private static final Duration SOON = Duration.ofSeconds(3);

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private final long start = System.nanoTime();

    @Test
    void endsAnAttemptWithoutResponseAtTheReadTimeout() {
        assertThat(downloads.failureOf(Origin.Connection::awaitHangUp, "read-timeout", "200ms"))
                .isEqualTo(new Timeout("the origin was silent for 200ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void endsAConnectionThatIsNeverAccepted() throws Exception {
        // The kernel completes the TCP handshake, and no program accepts the connection.
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ImageProbe probe = downloads.probe("read-timeout", "200ms");

            assertThat(failureOf(probe, "http://127.0.0.1:" + busy.getLocalPort() + "/"))
                    .isEqualTo(new Timeout("the origin was silent for 200ms"));
        }
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void treatsADrippingResponseHeaderAsSilence() {
        ImageFailure failure = downloads.failureOf(
                connection -> connection.drip(ok(padded(PHOTO, 5000)), 20), "read-timeout", "200ms");

        assertThat(failure).isEqualTo(new Timeout("the origin was silent for 200ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void treatsADrippingHeaderLineAsSilence() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nX-Filler: ");
                    connection.drip(ascii("more".repeat(1000)), 20);
                },
                "read-timeout",
                "200ms");

        assertThat(failure).isEqualTo(new Timeout("the origin was silent for 200ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void endsASilentBodyAtTheReadTimeout() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    connection.send(PHOTO);
                    connection.awaitHangUp();
                },
                "read-timeout",
                "200ms");

        assertThat(failure).isEqualTo(new Timeout("the origin was silent for 200ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000", "X-Length: none"})
    void endsADrippingBodyAtTheTotalTimeout(String framing) {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    connection.drip(padded(PHOTO, 5000), 20);
                },
                "total-timeout",
                "500ms",
                "read-timeout",
                "400ms");

        assertThat(failure).isEqualTo(new Timeout("the download took longer than 500ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void endsDrippingChunksAtTheTotalTimeout() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (byte b : padded(PHOTO, 5000)) {
                        connection.send(concat(ascii("1\r\n"), new byte[] {b, '\r', '\n'}));
                        connection.pause(20);
                    }
                },
                "total-timeout",
                "500ms",
                "read-timeout",
                "400ms");

        assertThat(failure).isEqualTo(new Timeout("the download took longer than 500ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void appliesTheTotalTimeoutToAllRedirectsTogether() {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                connection.pause(200);
                connection.send("HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n");
            }
        });
        ImageProbe probe = downloads.probe("total-timeout", "500ms", "read-timeout", "400ms", "max-redirects", "1000");

        assertThat(failureOf(probe, origin.url())).isEqualTo(new Timeout("the download took longer than 500ms"));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4", "Transfer-Encoding: chunked", "X-Length: none"})
    void reportsAStatusWithoutWaitingForTheBody(String framing) {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 404 Not Found\r\n" + framing + "\r\n\r\n");
                    connection.awaitHangUp();
                },
                "read-timeout",
                "20s");

        assertThat(failure).isEqualTo(new HttpStatus(404));
        assertThat(elapsed()).isLessThan(SOON);
    }

    @Test
    void reportsAStatusWhoseBodyDrips() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 5000\r\n\r\n");
                    connection.drip(new byte[5000], 20);
                },
                "read-timeout",
                "20s");

        assertThat(failure).isEqualTo(new HttpStatus(404));
        assertThat(elapsed()).isLessThan(SOON);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
