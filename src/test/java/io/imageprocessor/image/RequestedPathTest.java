package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Origin.redirect;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.InvalidUrl;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The target that a request asks for, directly and behind a redirect. */
class RequestedPathTest {

    private static final ImageDimensions SIZE = new ImageDimensions(60, 40, "jpeg");

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private final List<String> targets = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "//a/b.jpg, //a/b.jpg",
        "///a, ///a",
        "////, ////",
        "//, //",
        "//a, //a",
        "//a:b/c, //a:b/c",
        "//a@b/c, //a@b/c",
        "//a?x=y, //a?x=y",
        "//a.example:8080/c?d=//e, //a.example:8080/c?d=//e",
        "//[::1]/c, //[::1]/c",
        "/x/..//b, //b",
        "/x/%2e%2e//b, //b",
        "/.//a/b, //a/b",
        "/%2E//a/b, //a/b",
        "/?//a/b, /?//a/b",
        "/a?, /a?",
        "/a//b, /a//b"
    })
    void asksForThePathAsWritten(String path, String expected) throws Exception {
        Origin origin = serving(expected);

        assertThat(measure(downloads.probe(), at(origin, path)).dimensions()).isEqualTo(SIZE);
        assertThat(measure(downloads.probe("mode", "header"), at(origin, path)).dimensions())
                .isEqualTo(SIZE);
        assertThat(targets).containsExactly(expected, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:PORT//a/b.jpg, //a/b.jpg",
        "http://127.0.0.1:PORT///a?x, ///a?x",
        "//127.0.0.1:PORT//a:b/c, //a:b/c",
        "/x/..//b, //b",
        "/.//a@b/c, //a@b/c",
        ".//a/b, //a/b",
        "x/..//a/b, //a/b"
    })
    void asksForThePathOfARedirectAsWritten(String location, String expected) throws Exception {
        Origin target = serving(expected);
        Origin origin = location.contains("PORT")
                ? downloads.from(Origin.redirecting(location.replace("PORT", String.valueOf(target.port()))))
                : redirecting(location, expected);

        assertThat(measure(downloads.probe(), origin.url()).dimensions()).isEqualTo(SIZE);
        assertThat(measure(downloads.probe("mode", "header"), origin.url()).dimensions())
                .isEqualTo(SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?w=60", "?w=60&u=//a"})
    void keepsThePathOfARedirectThatChangesOnlyTheQuery(String query) throws Exception {
        Origin origin = answering(target -> target.equals("//a/b") ? redirect(query) : ok(jpeg(60, 40)));

        measure(downloads.probe(), at(origin, "//a/b"));

        assertThat(targets).containsExactly("//a/b", "//a/b" + query);
    }

    /** Each character of these locations is one byte. */
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
    void asksForEachByteOfARedirectAsItCame(String location, String expected) throws Exception {
        Origin origin = redirecting(location, expected);

        assertThat(measure(downloads.probe(), origin.url()).dimensions()).isEqualTo(SIZE);
        measure(downloads.probe("mode", "header"), origin.url());

        assertThat(targets).containsExactly("/photo", expected, "/photo", expected);
    }

    @Test
    void asksForEachByteOfAnAbsoluteLocation() throws Exception {
        Origin target = serving("/%E9");
        Origin origin = downloads.from(Origin.redirecting("http://127.0.0.1:" + target.port() + "/\u00E9"));

        measure(downloads.probe(), origin.url());

        assertThat(targets).containsExactly("/%E9");
    }

    @Test
    void rejectsAHostThatIsNotUtf8() {
        Origin origin = downloads.from(Origin.redirecting("http://caf\u00E9.test/"));

        assertThat(failureOf(downloads.probe(), origin.url())).isEqualTo(new InvalidUrl("the URL's host is malformed"));
    }

    /** Creates an origin that has a photo at {@code path} and another one everywhere else. */
    private Origin serving(String path) {
        return answering(target -> ok(target.equals(path) ? jpeg(60, 40) : jpeg(1, 1)));
    }

    /** Creates an origin like {@link #serving} that redirects {@code /photo}. */
    private Origin redirecting(String location, String path) {
        return answering(target ->
                target.equals("/photo") ? redirect(location) : ok(target.equals(path) ? jpeg(60, 40) : jpeg(1, 1)));
    }

    private Origin answering(Function<String, byte[]> response) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                String request = connection.lastRequest();
                int start = request.indexOf(' ') + 1;
                String target = request.substring(start, request.indexOf(' ', start));
                targets.add(target);
                connection.send(response.apply(target));
            }
        });
    }

    private static String at(Origin origin, String path) {
        return origin.url().replace("/photo", path);
    }
}
