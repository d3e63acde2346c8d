package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies with a wrong, missing or hostile declaration of their length. */
class BodyFramingTest {

    private static final Truncated TRUNCATED = new Truncated("the body ended before it was complete");
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void reportsABodyShorterThanDeclared() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (PHOTO.length + 1) + "\r\n\r\n");
                    connection.send(PHOTO);
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void doesNotTreatBytesBeyondTheDeclaredLengthAsTheNextResponse() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        byte[] longer = concat(ascii("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"), PHOTO);
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                connection.send(requests.incrementAndGet() == 1 ? longer : ok(PHOTO));
            }
        });
        ImageProbe probe = downloads.probe();

        assertThat(Probes.failureOf(probe, origin.url()))
                .isEqualTo(new Truncated("the file ends before the image does", false));
        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void reportsATruncatedChunkedBody() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send(CHUNKED);
                    connection.send(chunk(PHOTO));
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void reportsAResetInsideABody() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
                    connection.send(padded(PHOTO, 400_000));
                    connection.reset();
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void reportsATruncatedBodyOnAHalfClosedConnection() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    connection.send(PHOTO);
                    connection.endOutput();
                    connection.awaitHangUp();
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void reportsAFileThatEndsBeforeItsDimensions() {
        assertThat(downloads.failureOf(connection -> connection.send(ok(Arrays.copyOf(PHOTO, 40)))))
                .isEqualTo(new Truncated("the file ends before the image does", false));
    }

    @Test
    void acceptsChunksOfOneByte() throws Exception {
        assertThat(downloads.measured(connection -> {
                    connection.send(CHUNKED);
                    for (byte b : PHOTO) {
                        connection.send(chunk(new byte[] {b}));
                    }
                    connection.send("0\r\n\r\n");
                    connection.awaitHangUp();
                }))
                .isEqualTo(new MeasuredImage(new ImageDimensions(30, 40, "jpeg"), PHOTO.length));
    }

    @Test
    void acceptsHttp10WithoutALength() throws Exception {
        assertThat(downloads
                        .measured(connection -> connection.send(concat(ascii("HTTP/1.0 200 OK\r\n\r\n"), PHOTO)))
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    @Test
    void rejectsADeclaredLengthOverTheLimitAtOnce() {
        Origin origin = downloads.answering(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            connection.awaitHangUp();
        });

        assertThat(Probes.failureOf(downloads.probe(), origin.url()))
                .isEqualTo(new TooLarge("the body was larger than 64MB"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "X-Length: none"})
    void rejectsAnEndlessBody(String framing) {
        boolean chunked = framing.endsWith("chunked");
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    byte[] piece = padded(PHOTO, 65536);
                    while (true) {
                        connection.send(chunked ? chunk(piece) : piece);
                    }
                },
                "max-bytes",
                "1MB");

        assertThat(failure).isEqualTo(new TooLarge("the body was larger than 1MB"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8000000000000000", "ffffffffffffffffffff", "-5", "many", "", "0x10"})
    void rejectsChunksWithoutAValidSize(String size) {
        assertThat(downloads.failureOf(connection -> {
                    connection.send(CHUNKED + size + "\r\n");
                    connection.send(padded(PHOTO, 5000));
                    connection.awaitHangUp();
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void rejectsAnEndlessChunk() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send(CHUNKED + "7fffffffffffffff\r\n");
                    while (true) {
                        connection.send(padded(PHOTO, 65536));
                    }
                },
                "max-bytes",
                "1MB");

        assertThat(failure).isInstanceOf(TooLarge.class);
    }

    @Test
    void rejectsChunksWithoutAnEnd() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send(CHUNKED + Integer.toHexString(PHOTO.length) + "\r\n");
                    connection.send(PHOTO);
                    connection.send(PHOTO);
                    connection.awaitHangUp();
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void rejectsEndlessChunkExtensions() {
        Origin origin = downloads.answering(connection -> {
            connection.send(CHUNKED + "10;");
            while (true) {
                connection.send("name=value;".repeat(100));
            }
        });

        assertThat(Probes.failureOf(downloads.probe(), origin.url())).isEqualTo(TRUNCATED);
    }

    @Test
    void rejectsEndlessTrailers() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send(CHUNKED);
                    connection.send(chunk(PHOTO));
                    connection.send("0\r\n");
                    while (true) {
                        connection.send("X-Trailer: more\r\n");
                    }
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void treatsDrippingTrailersAsSilence() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send(CHUNKED);
                    connection.send(chunk(PHOTO));
                    connection.send("0\r\n");
                    connection.drip(ascii("X-Trailer: more"), 50);
                    connection.awaitHangUp();
                },
                "read-timeout",
                "200ms");

        assertThat(failure).isEqualTo(new Timeout("the origin was silent for 200ms"));
    }

    @Test
    void acceptsAFewTrailers() throws Exception {
        assertThat(downloads
                        .measured(connection -> {
                            connection.send(CHUNKED);
                            connection.send(chunk(PHOTO));
                            connection.send("0\r\nX-Checksum: 1\r\nX-Time: 2\r\n\r\n");
                            connection.awaitHangUp();
                        })
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    private static byte[] chunk(byte[] bytes) {
        return concat(concat(ascii(Integer.toHexString(bytes.length) + "\r\n"), bytes), ascii("\r\n"));
    }
}
