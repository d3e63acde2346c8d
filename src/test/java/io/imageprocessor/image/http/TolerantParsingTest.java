package io.imageprocessor.image.http;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.Downloads;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Response headers that violate HTTP, but that browsers and curl accept. */
class TolerantParsingTest {

    private static final String LENGTH = "Content-Length: " + PHOTO.length;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @ParameterizedTest
    @MethodSource("violations")
    void acceptsHeadersOnAConnectionThatIsNotReused(String header) throws Exception {
        Origin origin = sending("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n", PHOTO);
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
        assertThat(measure(downloads.probe("mode", "header"), origin.url())
                        .dimensions()
                        .width())
                .isEqualTo(30);
        assertThat(origin.accepted()).isEqualTo(4);
    }

    static Stream<String> violations() {
        return Stream.of(
                LENGTH + "\r\n" + LENGTH,
                LENGTH + ", " + PHOTO.length,
                LENGTH + "," + PHOTO.length + "\r\n" + LENGTH,
                LENGTH + "\r\nX-Other: 1\r\n" + LENGTH.toLowerCase(Locale.ROOT) + "\r\n" + LENGTH,
                "Transfer-Encoding: identity\r\n" + LENGTH,
                "Transfer-Encoding: Identity, identity\r\n" + LENGTH,
                LENGTH + "\r\nTransfer-Encoding:",
                "Transfer-Encoding: ,\r\n" + LENGTH,
                "Content-Length : " + PHOTO.length,
                "Content-Length \t : " + PHOTO.length,
                "X-Other : 1\r\n" + LENGTH,
                ": nameless\r\n" + LENGTH,
                LENGTH + "\r\n:",
                " : nameless\r\n" + LENGTH,
                "colonless\r\n" + LENGTH,
                LENGTH + "\r\ncolonless",
                LENGTH + "\r\ncolonless\r\n 0",
                LENGTH + "\r\n: nameless\r\n\t1: 0",
                " Content-Length: 5\r\n" + LENGTH,
                "\tTransfer-Encoding: chunked\r\n" + LENGTH,
                "X-Filler: " + "m".repeat(20_000) + "\r\n" + LENGTH,
                LENGTH + "\r\nX-Filler: " + "m".repeat(60_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: ,\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 50"
            })
    void readsChunksOnAConnectionThatIsNotReused(String header) throws Exception {
        byte[] chunks =
                concat(concat(ascii(Integer.toHexString(PHOTO.length) + "\r\n"), PHOTO), ascii("\r\n0\r\n\r\n"));
        Origin origin = sending("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n", chunks);
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
        assertThat(origin.accepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: identity", "Transfer-Encoding:", "colonless"})
    void readsABodyWithoutALengthToItsEnd(String header) throws Exception {
        assertThat(downloads
                        .measured(connection -> {
                            connection.send("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n");
                            connection.send(PHOTO);
                        })
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    @Test
    void doesNotReuseAConnectionAfterAnIrregularInterimResponse() throws Exception {
        String interim = "HTTP/1.1 103 Early Hints\r\ncolonless\r\n\r\n";
        Origin origin = sending(interim + "HTTP/1.1 200 OK\r\n" + LENGTH + "\r\n\r\n", PHOTO);
        ImageProbe probe = downloads.probe();

        measure(probe, origin.url());
        measure(probe, origin.url());

        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void doesNotReuseAnIrregularConnectionThatHttp10KeepsAlive() throws Exception {
        String alive = "HTTP/1.0 200 OK\r\nConnection: x\r\nConnection: keep-alive\r\n" + LENGTH;
        Origin regular = sending(alive + "\r\n\r\n", PHOTO);
        Origin irregular = sending(alive + "\r\ncolonless\r\n\r\n", PHOTO);
        ImageProbe probe = downloads.probe();

        for (Origin origin : new Origin[] {regular, irregular}) {
            measure(probe, origin.url());
            measure(probe, origin.url());
        }

        assertThat(regular.accepted()).isOne();
        assertThat(irregular.accepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"colonless", ": nameless", "X-Sum : 1", "X-Sum: 1\r\ncolonless"})
    void ignoresMalformedFieldsBehindTheLastChunk(String trailer) throws Exception {
        String start = Integer.toHexString(PHOTO.length) + "\r\n";
        byte[] chunks = concat(concat(ascii(start), PHOTO), ascii("\r\n0\r\n" + trailer + "\r\n\r\n"));
        Origin origin = sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks);
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 2; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void acceptsALongStatusLine() throws Exception {
        Origin origin = sending("HTTP/1.1 200 " + "O".repeat(20_000) + "\r\n" + LENGTH + "\r\n\r\n", PHOTO);

        assertThat(measure(downloads.probe(), origin.url()).bytes()).isEqualTo(PHOTO.length);
    }

    @Test
    void acceptsALongFieldInSeveralLines() throws Exception {
        String folded = "X-Filler: " + "m".repeat(10_000) + "\r\n " + "m".repeat(10_000) + "\r\n";
        Origin origin = sending("HTTP/1.1 200 OK\r\n" + folded + LENGTH + "\r\n\r\n", PHOTO);

        assertThat(measure(downloads.probe(), origin.url()).bytes()).isEqualTo(PHOTO.length);
    }

    @Test
    void acceptsTheDocumentedNumberOfLines() throws Exception {
        Origin most = sending("HTTP/1.1 200 OK\r\n" + "X-Filler: 1\r\n".repeat(199) + LENGTH + "\r\n\r\n", PHOTO);
        Origin tooMany = sending("HTTP/1.1 200 OK\r\n" + "X-Filler: 1\r\n".repeat(200) + LENGTH + "\r\n\r\n", PHOTO);

        assertThat(measure(downloads.probe(), most.url()).bytes()).isEqualTo(PHOTO.length);
        assertThat(failureOf(downloads.probe(), tooMany.url()))
                .isEqualTo(new ConnectFailure("the origin's answer has oversized headers", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 300\r\nContent-Length : 301",
                "Content-Length\t: 300\r\nContent-Length: 301",
                "Content-Length: 300, 300, 301",
                "Content-Length: 300, many",
                "Content-Length: 300\r\nContent-Length: ",
                "Transfer-Encoding: identity\r\nContent-Length: 300\r\nContent-Length: 301",
                "Transfer-Encoding: gzip\r\nContent-Length: 300",
                "Transfer-Encoding: identity, magic",
                "Transfer-Encoding : magic"
            })
    void rejectsAmbiguousLengths(String header) {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n");
                    connection.send(PHOTO);
                    connection.awaitHangUp();
                }))
                .isEqualTo(new ConnectFailure("the origin's answer is not valid HTTP"));
    }

    @Test
    void rejectsAHeaderThatBreaksOffInsideALine() {
        assertThat(downloads.failureOf(
                        connection -> connection.send("HTTP/1.1 404 Not Found\r\nX-Other: 1\r\nContent-Le")))
                .isEqualTo(new ConnectFailure("the connection was lost before the answer"));
    }

    private Origin sending(String header, byte[] body) {
        byte[] response = concat(ascii(header), body);
        return downloads.from(Origin.answering(response));
    }
}
