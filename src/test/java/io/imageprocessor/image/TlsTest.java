package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.Truncated;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Downloads over TLS, and their failures. */
class TlsTest {

    private static final String HERE = "ip:127.0.0.1";

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static SSLContext valid;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @BeforeAll
    static void createAuthority() throws Exception {
        certificates = new Certificates(folder);
        valid = certificates.signed("valid", "-1d", HERE);
    }

    @Test
    void measuresAPhotoOverTls() throws Exception {
        Origin origin = secure(valid, connection -> {
            while (connection.readRequest()) {
                connection.send(ok(padded(PHOTO, 100_000)));
            }
        });
        ImageProbe probe = trusting();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(100_000);
        }
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void reportsAnExpiredCertificate() throws Exception {
        assertRejected(certificates.signed("expired", "-20d", HERE), "the origin's certificate has expired");
    }

    @Test
    void reportsACertificateThatIsNotValidYet() throws Exception {
        assertRejected(certificates.signed("early", "+5d", HERE), "the origin's certificate is not valid yet");
    }

    @Test
    void reportsACertificateForAnotherHost() throws Exception {
        assertRejected(
                certificates.signed("elsewhere", "-1d", "dns:elsewhere.example"),
                "the origin's certificate is for another host");
    }

    @Test
    void reportsASelfSignedCertificate() throws Exception {
        assertRejected(certificates.selfSigned("self"), "the origin's certificate is not trusted");
    }

    @Test
    void rejectsAnUnknownAuthority() {
        Origin origin = secure(valid, connection -> connection.readRequest());

        assertThat(failureOf(downloads.probe(), origin.url()))
                .isEqualTo(new ConnectFailure("the origin's certificate is not trusted", false));
    }

    @Test
    void reportsAnOriginWithoutTls() {
        Origin origin = downloads.from(connection -> {
            connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            connection.awaitHangUp();
        });

        assertThat(failureOf(downloads.probe(), asHttps(origin)))
                .isEqualTo(new ConnectFailure("no secure connection could be agreed on with the origin"));
    }

    @Test
    void endsAHandshakeThatStalls() {
        long start = System.nanoTime();
        Origin origin = downloads.from(Origin.Connection::awaitHangUp);

        ImageFailure failure = failureOf(downloads.probe("connect-timeout", "200ms"), asHttps(origin));

        assertThat(failure).isEqualTo(new Timeout("no connection within 200ms"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void endsAHandshakeThatDrips() {
        long start = System.nanoTime();
        // The beginning of a handshake record of 16 KB.
        byte[] record = padded(new byte[] {22, 3, 3, 64, 0, 2}, 16 * 1024);
        Origin origin = downloads.from(connection -> connection.drip(record, 20));

        ImageFailure failure =
                failureOf(downloads.probe("connect-timeout", "400ms", "total-timeout", "500ms"), asHttps(origin));

        assertThat(failure).isInstanceOf(Timeout.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void reportsATruncatedBodyOverTls() throws Exception {
        Origin origin = secure(valid, connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
            connection.send(padded(PHOTO, 200_000));
        });

        assertThat(failureOf(trusting(), origin.url()))
                .isEqualTo(new Truncated("the body ended before it was complete"));
    }

    @Test
    void endsASilentBodyOverTls() throws Exception {
        Origin origin = secure(valid, connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
            connection.send(PHOTO);
            connection.awaitHangUp();
        });

        assertThat(failureOf(trusting("read-timeout", "300ms"), origin.url()))
                .isEqualTo(new Timeout("the origin was silent for 300ms"));
    }

    @Test
    void doesNotTreatBytesAfterAPhotoAsTheNextResponse() throws Exception {
        Origin origin = secure(valid, connection -> {
            while (connection.readRequest()) {
                connection.send(ok(PHOTO));
                // A separate TLS record, which is not read before the next response.
                connection.send("garbage\r\n");
            }
        });
        ImageProbe probe = trusting();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }

        assertThat(origin.accepted()).isEqualTo(3);
    }

    private void assertRejected(SSLContext tls, String message) throws Exception {
        Origin origin = secure(tls, connection -> connection.readRequest());

        assertThat(failureOf(trusting(), origin.url())).isEqualTo(new ConnectFailure(message, false));
    }

    private ImageProbe trusting(String... settings) throws Exception {
        return certificates.trustedBy(() -> downloads.probe(settings));
    }

    private Origin secure(SSLContext tls, Origin.Behaviour behaviour) {
        return downloads.from(Origin.secure(tls, behaviour));
    }

    private static String asHttps(Origin origin) {
        return origin.url().replace("http:", "https:");
    }
}
