package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The path that a request asks for, directly and behind a redirect. */
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
                : redirectingOnce(location, expected);

        assertThat(measure(downloads.probe(), origin.url()).dimensions()).isEqualTo(SIZE);
        assertThat(measure(downloads.probe("mode", "header"), origin.url()).dimensions())
                .isEqualTo(SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?w=60", "?w=60&u=//a"})
    void keepsThePathOfARedirectThatChangesOnlyTheQuery(String query) throws Exception {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                String target = connection.lastRequest().split(" ")[1];
                targets.add(target);
                connection.send(
                        target.equals("//a/b")
                                ? ascii("HTTP/1.1 302 Found\r\nLocation: " + query + "\r\nContent-Length: 0\r\n\r\n")
                                : ok(jpeg(60, 40)));
            }
        });

        measure(downloads.probe(), at(origin, "//a/b"));

        assertThat(targets).containsExactly("//a/b", "//a/b" + query);
    }

    /** Creates an origin that has a photo at {@code path} and another one everywhere else. */
    private Origin serving(String path) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                String target = connection.lastRequest().split(" ")[1];
                targets.add(target);
                connection.send(target.equals(path) ? ok(jpeg(60, 40)) : ok(jpeg(1, 1)));
            }
        });
    }

    private Origin redirectingOnce(String location, String path) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                String target = connection.lastRequest().split(" ")[1];
                byte[] redirect = concat(
                        ascii("HTTP/1.1 302 Found\r\nLocation: " + location), ascii("\r\nContent-Length: 0\r\n\r\n"));
                connection.send(
                        target.equals("/photo") ? redirect : ok(target.equals(path) ? jpeg(60, 40) : jpeg(1, 1)));
            }
        });
    }

    private static String at(Origin origin, String path) {
        return origin.url().replace("/photo", path);
    }
}
