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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server name that TLS sends, and the certificates that match it. */
class TlsNamesTest {

    private static final ImageDimensions SIZE = new ImageDimensions(60, 40, "jpeg");
    private static final ConnectFailure OTHER_HOST =
            new ConnectFailure("the origin's certificate is for another host", false);

    private static final AddressSource LOOPBACK = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};

    /** A certificate for each of these names. The last one has its name only in the subject. */
    private static final List<String> NAMES =
            List.of("*.shop.test", "*.test", "*.co.uk", "*.xn--bcher-kva.test", "only_subject.shop.test");

    private static final String EXPIRED = "expired";

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static TlsServer server;
    private static SSLContext shop;
    private static SSLContext books;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @BeforeAll
    static void startServers() throws Exception {
        certificates = new Certificates(folder);
        for (String name : NAMES) {
            certificates.signed(name, "-1d", name.startsWith("*") ? "dns:" + name : "ip:127.0.0.1");
        }
        certificates.signed(EXPIRED, "-20d", "dns:*.shop.test");
        server = new TlsServer(
                certificates.store(),
                Stream.concat(NAMES.stream(), Stream.of(EXPIRED)).toList());
        books = certificates.signed("books", "-1d", "dns:xn--bcher-kva.test,dns:www.xn--bcher-kva.test");
        shop = certificates.signed("shop", "-1d", "dns:photos.shop.test,dns:*.shop.test");
    }

    @AfterAll
    static void stopServers() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "my_bucket.shop.test, *.shop.test",
        "_.shop.test, *.shop.test",
        "_a.shop.test, *.shop.test",
        "a_.shop.test, *.shop.test",
        "-a.shop.test, *.shop.test",
        "a-.shop.test, *.shop.test",
        "-.shop.test, *.shop.test",
        "My_Bucket.Shop.TEST, *.shop.test",
        "my_bucket.shop.test., *.shop.test",
        "-a_.shop.test., *.shop.test",
        "bücher_1.shop.test, *.shop.test",
        "my_bucket.bücher.test, *.xn--bcher-kva.test"
    })
    void connectsToNamesThatTheJdkRejects(String host, String certificate) throws Exception {
        try (TlsFront front = TlsFront.forwarding(server.port(NAMES.indexOf(certificate)))) {
            String url = "https://" + host + ":" + front.port() + "/a.jpg";

            assertThat(measure(trusting(), url).dimensions()).isEqualTo(SIZE);
            assertThat(measure(trusting("mode", "header"), url).dimensions()).isEqualTo(SIZE);

            assertThat(front.names()).containsExactly(sentFor(host), sentFor(host));
        }
    }

    private static String sentFor(String host) {
        return switch (host) {
            case "My_Bucket.Shop.TEST", "my_bucket.shop.test." -> "my_bucket.shop.test";
            case "-a_.shop.test." -> "-a_.shop.test";
            case "bücher_1.shop.test" -> "xn--bcher_1-n2a.shop.test";
            case "my_bucket.bücher.test" -> "my_bucket.xn--bcher-kva.test";
            default -> host;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "my_bucket.other.test, *.shop.test",
        "a.my_bucket.shop.test, *.shop.test",
        "my_bucket.a.shop.test, *.shop.test",
        "my_bucket.shop.test.evil.test, *.shop.test",
        "my_bucket.xshop.test, *.shop.test",
        "_shop.test, *.shop.test",
        "my_bucket.test, *.test",
        "my_bucket.co.uk, *.co.uk",
        "only_subject.shop.test, only_subject.shop.test"
    })
    void rejectsCertificatesForOtherNames(String host, String certificate) throws Exception {
        try (TlsFront front = TlsFront.forwarding(server.port(NAMES.indexOf(certificate)))) {
            assertThat(failureOf(trusting(), "https://" + host + ":" + front.port() + "/a.jpg"))
                    .isEqualTo(OTHER_HOST);
        }
    }

    @Test
    void rejectsAnUnknownAuthorityForNamesThatTheJdkRejects() throws Exception {
        try (TlsFront front = TlsFront.forwarding(server.port(0))) {
            assertThat(failureOf(downloads.probe(LOOPBACK), "https://my_bucket.shop.test:" + front.port() + "/a.jpg"))
                    .isEqualTo(new ConnectFailure("the origin's certificate is not trusted", false));
        }
    }

    @ParameterizedTest
    @CsvSource({"photos.shop.test, photos.shop.test", "photos.shop.test., photos.shop.test", "a.SHOP.test., a.shop.test"
    })
    void sendsANameWithoutItsTrailingDot(String host, String sent) throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        Origin origin = downloads.from(Origin.secure(shop, connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send(ok(jpeg(60, 40)));
            }
        }));
        try (TlsFront front = TlsFront.forwarding(origin.port())) {
            String url = "https://" + host + ":" + front.port() + "/a.jpg";

            assertThat(measure(trusting(), url).dimensions()).isEqualTo(SIZE);

            assertThat(front.names()).containsExactly(sent);
            // Like browsers, and unlike TLS, HTTP keeps the dot.
            assertThat(requests)
                    .singleElement()
                    .asString()
                    .containsIgnoringCase("\r\nHost: " + host + ":" + front.port() + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bücher.test", "xn--bcher-kva.test", "www.xn--bcher-kva.test"})
    void sendsAnInternationalNameInItsAsciiForm(String host) throws Exception {
        Origin origin = downloads.from(Origin.secure(books, connection -> {
            while (connection.readRequest()) {
                connection.send(ok(jpeg(60, 40)));
            }
        }));
        try (TlsFront front = TlsFront.forwarding(origin.port())) {
            assertThat(measure(trusting(), "https://" + host + ":" + front.port() + "/")
                            .dimensions())
                    .isEqualTo(SIZE);
            assertThat(front.names()).containsExactly(host.replace("bücher", "xn--bcher-kva"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_bucket.shop.test", "photos.shop.test."})
    void rejectsAnExpiredCertificateForEveryName(String host) throws Exception {
        try (TlsFront front = TlsFront.forwarding(server.port(NAMES.size()))) {
            assertThat(failureOf(trusting(), "https://" + host + ":" + front.port() + "/"))
                    .isEqualTo(new ConnectFailure("the origin's certificate has expired", false));
        }
    }

    /** With TLS 1.2, an orderly close would wait for the server's. */
    @Test
    void rejectsACertificateWithoutWaitingForTheServer() throws Exception {
        try (TlsServer older = new TlsServer(
                        certificates.store(), List.of("*.shop.test"), "-Djdk.tls.server.protocols=TLSv1.2");
                TlsFront front = TlsFront.droppingAlerts(older.port(0))) {
            ImageProbe probe = trusting("connect-timeout", "60s", "total-timeout", "8s", "read-timeout", "60s");

            assertThat(failureOf(probe, "https://my_bucket.other.test:" + front.port() + "/a.jpg"))
                    .isEqualTo(OTHER_HOST);
        }
    }

    private ImageProbe trusting(String... settings) throws Exception {
        return certificates.trustedBy(() -> downloads.probe(LOOPBACK, settings));
    }
}
