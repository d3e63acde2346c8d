package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.InvalidUrl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes of a {@code Location} header. In these tests, each character of a location is one byte. */
class RedirectLocationTest {

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private final List<String> targets = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @CsvSource({
        // Latin-1
        "/caf\u00E9.jpg, /caf%E9.jpg",
        "/a?name=caf\u00E9&b, /a?name=caf%E9&b",
        // Shift JIS
        "/\u008E\u00CA\u0090^, /%8E%CA%90%5E",
        // UTF-8
        "/caf\u00C3\u00A9.jpg, /caf%C3%A9.jpg",
        "/\u00F0\u009F\u0093\u00B7, /%F0%9F%93%B7",
        // UTF-8 beside Latin-1
        "/\u00C3\u00A9/\u00E9\u00E9, /%C3%A9/%E9%E9",
        // UTF-8 that breaks off
        "/a\u00E2\u0082, /a%E2%82",
        "/\u00E2\u0082/a, /%E2%82/a",
        "/\u00F0\u009F\u0093?\u00C3, /%F0%9F%93?%C3",
        // UTF-8 that is overlong, a surrogate, or beyond Unicode
        "/\u00C0\u00AE\u00C0\u00AE/a, /%C0%AE%C0%AE/a",
        "/\u00ED\u00A0\u0080, /%ED%A0%80",
        "/\u00F4\u0090\u0080\u0080\u00FF, /%F4%90%80%80%FF",
        // The replacement character itself
        "/\u00EF\u00BF\u00BD, /%EF%BF%BD",
        "/a%E9\u00E9, /a%E9%E9"
    })
    void asksForEachByteAsItCame(String location, String expected) throws Exception {
        Origin origin = redirectingTo(location);

        assertThat(measure(downloads.probe(), origin.url()).dimensions())
                .isEqualTo(new ImageDimensions(60, 40, "jpeg"));
        measure(downloads.probe("mode", "header"), origin.url());

        assertThat(targets).containsExactly("/photo", expected, "/photo", expected);
    }

    @Test
    void asksForEachByteOfAnAbsoluteLocation() throws Exception {
        Origin target = redirectingTo("unused");
        Origin origin = downloads.from(Origin.redirecting("http://127.0.0.1:" + target.port() + "/\u00E9"));

        measure(downloads.probe(), origin.url());

        assertThat(targets).containsExactly("/%E9");
    }

    @Test
    void rejectsAHostThatIsNotUtf8() {
        Origin origin = downloads.from(Origin.redirecting("http://caf\u00E9.test/"));

        assertThat(failureOf(downloads.probe(), origin.url())).isEqualTo(new InvalidUrl("the URL's host is malformed"));
    }

    /** Creates an origin that redirects {@code /photo} and has a photo everywhere else. */
    private Origin redirectingTo(String location) {
        byte[] redirect = ("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                String target = connection.lastRequest().split(" ")[1];
                targets.add(target);
                connection.send(target.equals("/photo") ? redirect : ok(jpeg(60, 40)));
            }
        });
    }
}
