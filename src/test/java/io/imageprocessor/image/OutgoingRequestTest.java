package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests carry no data from elsewhere, and use no proxy. */
class OutgoingRequestTest {

    @Test
    void ignoresProxiesOfSystemProperties() throws Exception {
        try (Origin proxy = Origin.answering(ok(jpeg(1, 1)));
                Origin origin = Origin.answering(ok(jpeg(3, 4)));
                ImageProbe local = localProbe()) {
            String port = String.valueOf(proxy.port());
            Map<String, String> proxies = Map.of(
                    "http.proxyHost", "127.0.0.1",
                    "http.proxyPort", port,
                    "http.nonProxyHosts", "",
                    "socksProxyHost", "127.0.0.1",
                    "socksProxyPort", port,
                    "socksNonProxyHosts", "");
            proxies.forEach(System::setProperty);
            try {
                assertThat(measure(local, origin.url()).dimensions()).isEqualTo(new ImageDimensions(3, 4, "jpeg"));
                assertThat(proxy.accepted()).isZero();
            } finally {
                proxies.keySet().forEach(System::clearProperty);
            }
        }
    }

    @Test
    void sendsNoDataFromEarlierRequests() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (Origin target = recording(requests, "200 OK", "Set-Cookie: a=b");
                Origin origin = recording(requests, "302 Found", "Set-Cookie: c=d", "Location: " + target.url());
                ImageProbe local = localProbe()) {
            failureOf(local, origin.url() + "?secret=1");
            failureOf(local, origin.url() + "?secret=1");

            assertThat(requests)
                    .hasSize(4)
                    .allSatisfy(request -> assertThat(headerNames(request))
                            .containsExactlyInAnyOrder("Host", "User-Agent", "Accept", "Accept-Encoding"));
            assertThat(requests.get(1)).doesNotContain("secret");
        }
    }

    @Test
    void sendsProductAndContact() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (Origin origin = recording(requests, "404 Not Found", "Connection: close");
                ImageProbe local = localProbe("contact", "mailto:ops@example.org")) {
            failureOf(local, origin.url());

            assertThat(requests)
                    .singleElement()
                    .satisfies(request -> assertThat(request.lines())
                            .filteredOn(line -> line.startsWith("User-Agent:"))
                            .singleElement()
                            .asString()
                            .matches("User-Agent: image-processor/\\S+ \\(\\+mailto:ops@example\\.org\\)"));
        }
    }

    @Test
    void sendsNoCredentialsOnRequest() throws Exception {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (Origin origin = recording(requests, "401 Unauthorized", "WWW-Authenticate: Basic realm=x");
                ImageProbe local = localProbe()) {
            assertThat(failureOf(local, origin.url())).isEqualTo(new HttpStatus(401));
            assertThat(requests).hasSize(1);
        }
    }

    /** Creates an origin that records the requests and responds without a body. */
    private static Origin recording(List<String> requests, String status, String... headers) {
        String head = "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + "\r\nContent-Length: 0\r\n\r\n";
        return Origin.that(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send(head);
            }
        });
    }

    private static Stream<String> headerNames(String request) {
        return request.lines()
                .skip(1)
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf(':')));
    }

    @ParameterizedTest
    @CsvSource({"http://user:secret@127.0.0.1:PORT/", "//user@127.0.0.1:PORT/", "http://shop.example@127.0.0.1:PORT/"})
    void rejectsRedirectsWithUserinfo(String location) throws Exception {
        try (Origin inside = Origin.answering(ok(jpeg(3, 4)));
                Origin origin = Origin.redirecting(location.replace("PORT", String.valueOf(inside.port())));
                ImageProbe local = localProbe()) {
            assertThat(failureOf(local, origin.url())).isInstanceOf(InvalidUrl.class);
            assertThat(inside.accepted()).isZero();
        }
    }
}
