package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.http.AddressSource;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS servers that do not know the name of their own host, and report that with an alert. */
class UnrecognizedNameTest {

    private static final byte WARNING = 1;
    private static final byte FATAL = 2;
    private static final byte UNRECOGNIZED_NAME = 112;
    private static final ImageDimensions SIZE = new ImageDimensions(60, 40, "jpeg");

    @TempDir
    static Path folder;

    private static Certificates certificates;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @BeforeAll
    static void createAuthority() throws Exception {
        certificates = new Certificates(folder);
        certificates.signed("shop", "-1d", "dns:*.shop.test");
        certificates.signed("elsewhere", "-1d", "dns:elsewhere.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"photos.shop.test", "photos.shop.test.", "my_bucket.shop.test"})
    void connectsWithoutANameAfterAWarning(String host) throws Exception {
        try (TlsFront front = warning("shop")) {
            String url = "https://" + host + ":" + front.port() + "/a.jpg";
            String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;

            assertThat(measure(trusting(), url).dimensions()).isEqualTo(SIZE);
            assertThat(front.names()).containsExactly(name, "");
            assertThat(measure(trusting("mode", "header"), url).dimensions()).isEqualTo(SIZE);
        }
    }

    @Test
    void connectsWithoutANameBehindARedirect() throws Exception {
        try (TlsFront front = warning("shop")) {
            Origin origin = downloads.from(Origin.redirecting("https://photos.shop.test:" + front.port() + "/a.jpg"));

            assertThat(measure(trusting(), origin.url()).dimensions()).isEqualTo(SIZE);
        }
    }

    @Test
    void connectsWithoutANameIfOnlyOneAddressAnswers() throws Exception {
        AddressSource addresses = host -> new InetAddress[] {
            // Nothing listens on the front's port there.
            InetAddress.ofLiteral("::1"), InetAddress.getLoopbackAddress()
        };
        try (TlsFront front = warning("shop")) {
            ImageProbe probe = certificates.trustedBy(() -> downloads.probe(addresses));

            assertThat(measure(probe, "https://photos.shop.test:" + front.port() + "/a.jpg")
                            .dimensions())
                    .isEqualTo(SIZE);
        }
    }

    @Test
    void checksTheCertificateAlsoWithoutAName() throws Exception {
        for (String host : new String[] {"photos.shop.test", "my_bucket.shop.test"}) {
            try (TlsFront front = warning("elsewhere")) {
                assertThat(failureOf(trusting(), "https://" + host + ":" + front.port() + "/a.jpg"))
                        .isEqualTo(new ConnectFailure("the origin's certificate is for another host", false));
                assertThat(front.names()).containsExactly(host, "");
            }
        }
    }

    @Test
    void triesOnlyOnceWithoutAName() throws Exception {
        try (TlsFront front = new TlsFront(0, name -> new byte[] {WARNING, UNRECOGNIZED_NAME})) {
            assertThat(failureOf(trusting(), "https://photos.shop.test:" + front.port() + "/a.jpg"))
                    .isEqualTo(new ConnectFailure("no secure connection could be agreed on with the origin"));
            assertThat(front.names()).containsExactly("photos.shop.test", "");
        }
    }

    @Test
    void doesNotTryAgainAfterAFatalAlert() throws Exception {
        try (TlsFront front = new TlsFront(0, name -> new byte[] {FATAL, UNRECOGNIZED_NAME})) {
            assertThat(failureOf(trusting(), "https://photos.shop.test:" + front.port() + "/a.jpg"))
                    .isEqualTo(new ConnectFailure("no secure connection could be agreed on with the origin"));
            assertThat(front.names()).containsExactly("photos.shop.test");
        }
    }

    /** Creates a server that warns about every name, and accepts clients that send none. */
    private TlsFront warning(String certificate) throws Exception {
        Origin origin =
                downloads.from(Origin.secure(Certificates.contextOf(certificates.store(), certificate), connection -> {
                    while (connection.readRequest()) {
                        connection.send(ok(jpeg(60, 40)));
                    }
                }));
        return new TlsFront(
                origin.port(), name -> name.isEmpty() ? new byte[0] : new byte[] {WARNING, UNRECOGNIZED_NAME});
    }

    private ImageProbe trusting(String... settings) throws Exception {
        AddressSource loopback = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        return certificates.trustedBy(() -> downloads.probe(loopback, settings));
    }
}
