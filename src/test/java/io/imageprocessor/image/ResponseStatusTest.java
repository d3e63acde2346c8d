package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses without a photo: statuses, and redirects that cannot be followed. */
class ResponseStatusTest {

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @ParameterizedTest
    @CsvSource({
        "204, ''",
        "206, Content-Length: 5",
        "206, Content-Range: bytes 0-4/5",
        "304, ''",
        "304, Content-Length: 5000",
        "401, WWW-Authenticate: Basic",
        "403, Content-Length: 0",
        "404, Content-Length: 0",
        "407, Proxy-Authenticate: Basic",
        "410, Content-Length: 0",
        "416, Content-Range: bytes */0",
        "429, Content-Length: 0",
        "429, Retry-After: 120",
        "503, Content-Length: 0",
        "503, Retry-After: 120",
        "503, 'Retry-After: Wed, 21 Oct 2015 07:28:00 GMT'",
        "503, Retry-After: soon",
        "999, Content-Length: 0"
    })
    void failsWithTheStatus(int status, String header) {
        ImageFailure failure = downloads.failureOf(
                connection -> connection.send("HTTP/1.1 " + status + " Said So\r\n" + header + "\r\n\r\n"));

        Duration retryAfter = header.equals("Retry-After: 120") ? Duration.ofMinutes(2) : Duration.ZERO;
        assertThat(failure).isEqualTo(new HttpStatus(status, retryAfter));
    }

    @Test
    void doesNotReadALongErrorBody() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 500 Oops\r\n\r\n");
                    while (true) {
                        connection.send(new byte[65536]);
                    }
                }))
                .isEqualTo(new HttpStatus(500));
    }

    @Test
    void doesNotReuseAConnectionAfterALongErrorBody() {
        Origin origin = downloads.from(Origin.answering(
                concat(ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 100000\r\n\r\n"), new byte[100_000])));
        ImageProbe probe = downloads.probe();

        assertThat(failureOf(probe, origin.url())).isEqualTo(new HttpStatus(404));
        assertThat(failureOf(probe, origin.url())).isEqualTo(new HttpStatus(404));

        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void limitsRedirectLoops() {
        AtomicInteger requests = new AtomicInteger();
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.incrementAndGet();
                connection.send("HTTP/1.1 301 Moved\r\nLocation: /photo\r\nContent-Length: 0\r\n\r\n");
            }
        });

        assertThat(failureOf(downloads.probe(), origin.url())).isEqualTo(new TooManyRedirects(5));
        assertThat(requests).hasValue(6);
    }

    @Test
    void limitsRedirectLoopsBetweenTwoOrigins() {
        AtomicInteger otherPort = new AtomicInteger();
        Origin here =
                downloads.answering(connection -> connection.send("HTTP/1.1 307 Over There\r\nLocation: //127.0.0.1:"
                        + otherPort + "/photo\r\nContent-Length: 0\r\n\r\n"));
        Origin there = downloads.answering(connection -> connection.send(
                "HTTP/1.1 307 Over There\r\nLocation: " + here.url() + "\r\nContent-Length: 0\r\n\r\n"));
        otherPort.set(URI.create(there.url()).getPort());

        assertThat(failureOf(downloads.probe(), here.url())).isEqualTo(new TooManyRedirects(5));
        assertThat(here.accepted() + there.accepted()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"5, true", "6, false"})
    void followsAtMostFiveRedirects(int redirects, boolean followed) throws Exception {
        AtomicInteger left = new AtomicInteger(redirects);
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                if (left.getAndDecrement() > 0) {
                    connection.send(
                            "HTTP/1.1 302 Found\r\nLocation: /photo?" + left + "\r\nContent-Length: 2\r\n\r\n->");
                } else {
                    connection.send(ok(PHOTO));
                }
            }
        });
        ImageProbe probe = downloads.probe();

        if (followed) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        } else {
            assertThat(failureOf(probe, origin.url())).isEqualTo(new TooManyRedirects(5));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/photo",
                "file:///etc/passwd",
                "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
                "jar:http://127.0.0.1/photo.jar!/",
                "gopher://127.0.0.1/"
            })
    void rejectsARedirectToAnotherScheme(String location) {
        assertThat(downloads.failureOf(connection -> connection.send(
                        "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n")))
                .isInstanceOf(InvalidUrl.class);
    }

    @Test
    void preventsHeaderInjectionByALocation() throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        Origin origin = downloads.from(connection -> {
            connection.readRequest();
            connection.send(
                    "HTTP/1.1 302 Found\r\nLocation: /a HTTP/1.1\rX-Injected: yes\r\nContent-Length: 0\r\n\r\n");
            connection.readRequest();
            request.set(connection.lastRequest());
            connection.send(ok(PHOTO));
        });

        measure(downloads.probe(), origin.url());

        assertThat(request.get()).startsWith("GET /a%20HTTP/1.1%20X-Injected:%20yes HTTP/1.1\r\nHost: ");
    }
}
