package io.imageprocessor.image.http;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.Downloads;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Response headers that are missing, invalid, too long or endless. */
class StrictResponseParserTest {

    private static final ConnectFailure NO_HTTP = new ConnectFailure("the origin's answer is not valid HTTP");
    private static final ConnectFailure OVERSIZED =
            new ConnectFailure("the origin's answer has oversized headers", false);

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void reportsARefusedConnection() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }

        assertThat(failureOf(downloads.probe(), "http://127.0.0.1:" + port + "/"))
                .isEqualTo(new ConnectFailure("the origin could not be connected to"));
    }

    @Test
    void reportsAConnectionClosedBeforeTheResponse() {
        assertThat(downloads.failureOf(connection -> {}))
                .isEqualTo(new ConnectFailure("the origin closed the connection without an answer"));
    }

    @Test
    void reportsAConnectionResetBeforeTheResponse() {
        assertThat(downloads.failureOf(Origin.Connection::reset))
                .isEqualTo(new ConnectFailure("the connection was lost before the answer"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "<html>an answer of HTTP/0.9</html>\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 099 Early\r\n\r\n",
                "HTTP/3.0 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 50\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, magic\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +300\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 300,\u001C300\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
            })
    void rejectsInvalidHttp(String response) {
        assertThat(downloads.failureOf(connection -> {
                    connection.send(response);
                    connection.awaitHangUp();
                }))
                .isEqualTo(NO_HTTP);
    }

    @Test
    void rejectsAPhotoWithoutAResponseHeader() {
        assertThat(downloads.failureOf(connection -> connection.send(PHOTO))).isInstanceOf(ConnectFailure.class);
    }

    @Test
    void rejectsATruncatedResponseHeader() {
        assertThat(downloads.failureOf(connection -> connection.send("HTTP/1.1 200 OK\r\nContent-Le")))
                .isInstanceOf(ConnectFailure.class);
    }

    @Test
    void rejectsEndlessHeaders() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\n");
                    while (true) {
                        connection.send("X-Filler: more\r\n");
                    }
                }))
                .isEqualTo(OVERSIZED);
    }

    @Test
    void rejectsAHeaderLineOfAMegabyte() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nX-Filler: " + "m".repeat(1 << 20) + "\r\n\r\n");
                    connection.awaitHangUp();
                }))
                .isEqualTo(OVERSIZED);
    }

    @Test
    void rejectsAnEndlessHeaderLine() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nX-Filler: ");
                    while (true) {
                        connection.send("more more more more more more more more");
                    }
                }))
                .isEqualTo(OVERSIZED);
    }

    @Test
    void rejectsLongHeadersWhoseSumExceedsTheLimit() {
        Origin origin = downloads.answering(connection -> {
            connection.buffer(16 * 1024);
            connection.send("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 150; i++) {
                connection.send("X-Filler: " + "m".repeat(15_000) + "\r\n");
            }
            connection.send("Content-Length: 0\r\n\r\n");
        });

        assertThat(failureOf(downloads.probe(), origin.url())).isEqualTo(OVERSIZED);
    }

    @Test
    void rejectsEmptyLinesBeforeTheStatusLine() {
        assertThat(downloads.failureOf(connection -> {
                    while (true) {
                        connection.send("\r\n".repeat(100));
                    }
                }))
                .isEqualTo(OVERSIZED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100 Continue", "102 Processing", "103 Early Hints"})
    void rejectsEndlessInterimResponses(String status) {
        assertThat(downloads.failureOf(connection -> {
                    while (true) {
                        connection.send("HTTP/1.1 " + status + "\r\nLink: </style.css>\r\n\r\n");
                    }
                }))
                .isEqualTo(NO_HTTP);
    }

    @Test
    void acceptsAFewInterimResponses() throws Exception {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 102 Processing\r\n\r\n");
                connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
                connection.send(ok(PHOTO));
            }
        });
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 20; i++) {
            assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        }
        assertThat(origin.accepted()).isOne();
    }
}
