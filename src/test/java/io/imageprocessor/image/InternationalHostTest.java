package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.Probes.probe;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.http.AddressSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts with international names: which name is resolved, and which one the request contains. */
class InternationalHostTest {

    private static final ImageDimensions SIZE = new ImageDimensions(60, 40, "jpeg");

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private final List<String> requests = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @CsvSource({
        // Punycode
        "xn--bcher-kva.test, xn--bcher-kva.test",
        "XN--Bcher-KVA.Test, xn--bcher-kva.test",
        "xn--strae-oqa.test, xn--strae-oqa.test",
        "xn--r8jz45g.xn--zckzah, xn--r8jz45g.xn--zckzah",
        "www.xn--bcher-kva.test, www.xn--bcher-kva.test",
        "xn--ls8h.test, xn--ls8h.test",
        "xn--4ca.xn--bcher-kva.test., xn--4ca.xn--bcher-kva.test.",
        // Unicode
        "bücher.test, xn--bcher-kva.test",
        "BÜCHER.test, xn--bcher-kva.test",
        "bu\u0308cher.test, xn--bcher-kva.test",
        "straße.test, xn--strae-oqa.test",
        "例え。テスト, xn--r8jz45g.xn--zckzah",
        "\uD83D\uDCA9.test, xn--ls8h.test",
        "ｐｈｏｔｏｓ．ｔｅｓｔ, photos.test",
        // Percent-encoded
        "b%C3%BCcher.test, xn--bcher-kva.test",
        "b%c3%bccher%2Etest, xn--bcher-kva.test",
        "bü%63her.test, xn--bcher-kva.test",
        "%70hotos.test, photos.test"
    })
    void resolvesTheAsciiName(String host, String expected) throws Exception {
        Origin origin = origin();

        String url = "http://" + host + ":" + origin.port() + "/a.jpg";
        assertThat(measure(downloads.probe(only(expected)), url).dimensions()).isEqualTo(SIZE);
        assertThat(measure(downloads.probe(only(expected), "mode", "header"), url)
                        .dimensions())
                .isEqualTo(SIZE);

        assertThat(requests)
                .hasSize(2)
                .allSatisfy(request -> assertThat(request).contains("\r\nHost: " + expected + ":" + origin.port()));
    }

    @Test
    void resolvesTheAsciiNameOfARedirect() throws Exception {
        Origin target = origin();
        // A header is sent as Latin-1 here, so these characters are the bytes of the name as UTF-8.
        String host = new String("bücher.test".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        Origin origin = downloads.from(Origin.redirecting("//" + host + ":" + target.port() + "/a.jpg"));

        assertThat(measure(downloads.probe(only("xn--bcher-kva.test")), origin.url())
                        .dimensions())
                .isEqualTo(SIZE);
    }

    @Test
    void reusesAConnectionOnlyForTheSameName() throws Exception {
        Origin origin = origin();
        ImageProbe probe = downloads.probe(host -> new InetAddress[] {InetAddress.getLoopbackAddress()});

        for (String host : List.of("bücher.test", "xn--bcher-kva.test", "xn--strae-oqa.test", "strasse.test")) {
            measure(probe, "http://" + host + ":" + origin.port() + "/a.jpg");
        }

        assertThat(origin.accepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"１２７.0.0.1", "127。0。0。1", "%31%32%37.0.0.1", "127%2E1", "②１３０７０６４３３", "０ｘ7f.1"})
    void checksTheAddressThatAnInternationalNumberMeans(String host) throws Exception {
        try (Origin origin = Origin.answering(ok(jpeg(60, 40)));
                ImageProbe denying = probe(settings(), InetAddress::getAllByName)) {
            String url = "http://" + host + ":" + origin.port() + "/";

            assertThat(failureOf(denying, url)).isEqualTo(new AddressDenied("the host is not on the public internet"));
            assertThat(origin.accepted()).isZero();
            assertThat(measure(downloads.probe(), url).dimensions()).isEqualTo(SIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bücher.test", "BÜCHER.test.", "xn--bcher-kva.test", "*.test"})
    void deniesAnInternationalNameInEveryNotation(String denied) {
        for (String host : List.of("bücher.test", "Bu\u0308cher.test", "xn--bcher-kva.test", "XN--BCHER-KVA.test.")) {
            assertThat(failureOf(downloads.probe("denied-hosts", denied), "http://" + host + "/"))
                    .as(host)
                    .isEqualTo(new AddressDenied("the host is not allowed"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u200Db.test",
                "\u0301a.test",
                "a\uFFFDb.test",
                "\uD800.test",
                "\u05D0a.test",
                "\u00AD",
                "ü..test",
                "ü／a.test",
                "ü：80",
                "ü%2e.test",
                "ü%252e.test",
                "a%2fb.test",
                "a%40b.test",
                "a%zz.test",
                "a%",
                "%C3.test",
                "%00.test",
                "xn--ü.test",
                "１２７.0.0.256"
            })
    void rejectsNamesThatNoResolverKnows(String host) {
        assertThat(failureOf(downloads.probe(), "http://" + host + "/a.jpg")).isInstanceOf(InvalidUrl.class);
    }

    private Origin origin() {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send(ok(jpeg(60, 40)));
            }
        });
    }

    /** Returns name servers that know only {@code name}. */
    private static AddressSource only(String name) {
        return host -> {
            if (!host.equals(name)) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
    }
}
