package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.jpegWithExif;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Truncated;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes and requests that header mode needs for a photo. */
class HeaderModeTest {

    private static final int FIVE_MEGABYTES = 5_000_000;
    private static final int PART = 64 * 1024;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private final List<String> requests = new CopyOnWriteArrayList<>();

    @Test
    void receivesAtMost128KilobytesFromAnOriginThatHonoursRanges() throws Exception {
        Origin origin = rangesOf(padded(PHOTO, FIVE_MEGABYTES));

        MeasuredImage measured = measure(headerProbe(), origin.url());

        assertThat(measured.dimensions()).isEqualTo(new ImageDimensions(30, 40, "jpeg"));
        assertThat(measured.bytes()).isLessThanOrEqualTo(PART);
        assertThat(origin.sent()).isBetween((long) PART, 128 * 1024L);
    }

    @Test
    void receivesOnlyWhatKernelsBufferFromAnOriginThatIgnoresRanges() throws Exception {
        Origin origin = downloads.answering(connection -> {
            // A larger send buffer would accept more bytes that are never sent.
            connection.buffer(16 * 1024);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + FIVE_MEGABYTES + "\r\n\r\n");
            connection.send(padded(PHOTO, FIVE_MEGABYTES));
        });

        assertThat(measure(headerProbe(), origin.url()).dimensions().width()).isEqualTo(30);

        await().until(() -> origin.open() == 0);
        // About 100 KB; the exact number depends on the kernel.
        assertThat(origin.sent()).isLessThan(256 * 1024);
    }

    /**
     * The first directory ends with the part. Without the pointer that follows, the thumbnail would seem to be alone.
     */
    @Test
    void requestsTheWholeFileIfTheEndOfThePartCouldBeThatOfTheFile() throws Exception {
        ByteBuffer file = ByteBuffer.allocate(200_000).order(ByteOrder.LITTLE_ENDIAN);
        file.putShort((short) 0x4949).putShort((short) 42).putInt(PART - 38);
        directory(file.position(PART - 38), 1, 160, 120).putInt(100_000);
        directory(file.position(100_000), 0, 4608, 3072);
        Origin origin = rangesOf(file.array());

        assertThat(measure(headerProbe(), origin.url()).dimensions())
                .isEqualTo(new ImageDimensions(4608, 3072, "tiff"));
        assertThat(requests).hasSize(2);
    }

    private static ByteBuffer directory(ByteBuffer file, int type, int width, int height) {
        file.putShort((short) 3);
        int[][] fields = {{254, type}, {256, width}, {257, height}};
        for (int[] field : fields) {
            file.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[1]);
        }
        return file;
    }

    @Test
    void reusesConnectionsOfOriginsThatHonourRanges() throws Exception {
        Origin origin = rangesOf(padded(PHOTO, FIVE_MEGABYTES));
        ImageProbe probe = headerProbe();

        for (int i = 0; i < 10; i++) {
            measure(probe, origin.url());
        }

        assertThat(origin.accepted()).isOne();
        assertThat(requests)
                .hasSize(10)
                .allSatisfy(request -> assertThat(request).contains("\r\nRange: bytes=0-65535\r\n"));
    }

    @Test
    void reusesConnectionsOfSmallPhotos() throws Exception {
        Origin whole = downloads.from(Origin.answering(Origin.ok(padded(PHOTO, 60_000))));
        Origin part = rangesOf(padded(PHOTO, 20_000));
        ImageProbe probe = headerProbe();

        for (int i = 0; i < 5; i++) {
            measure(probe, whole.url());
        }
        for (int i = 0; i < 5; i++) {
            measure(probe, part.url());
        }

        assertThat(whole.accepted()).isOne();
        assertThat(part.accepted()).isOne();
    }

    @Test
    void requestsTheWholeFileIfTheBeginningHasNoDimensions() throws Exception {
        Origin origin = rangesOf(padded(jpegWithExif(300, 400, 200), FIVE_MEGABYTES));
        ImageProbe probe = headerProbe();

        MeasuredImage measured = measure(probe, origin.url());

        assertThat(measured.dimensions()).isEqualTo(new ImageDimensions(300, 400, "jpeg"));
        assertThat(requests)
                .satisfiesExactly(
                        first -> assertThat(first).contains("Range: "),
                        second -> assertThat(second).doesNotContain("Range: "));
        assertThat(origin.accepted()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"heic/still.heic", "avif/alpha.avif", "jpeg2000/container.jp2"})
    void requestsTheWholeFileIfABoxEndsWithTheBeginning(String name) throws Exception {
        byte[] photo = resource(name);
        int type = ByteBuffer.wrap(photo).getInt();
        byte[] free = new byte[PART - type];
        ByteBuffer.wrap(free).putInt(free.length).put(ascii("free"));
        byte[] head = concat(Arrays.copyOf(photo, type), free);
        Origin origin = rangesOf(concat(head, Arrays.copyOfRange(photo, type, photo.length)));
        Origin plain = downloads.from(Origin.answering(Origin.ok(photo)));

        assertThat(measure(headerProbe(), origin.url()).dimensions())
                .isEqualTo(measure(headerProbe(), plain.url()).dimensions());
        assertThat(requests).hasSize(2);
    }

    private static byte[] resource(String photo) throws IOException {
        try (InputStream in = requireNonNull(HeaderModeTest.class.getResourceAsStream("/photos/" + photo))) {
            return in.readAllBytes();
        }
    }

    @Test
    void requestsAFileWithoutDimensionsOnlyOnce() {
        Origin origin = rangesOf(Arrays.copyOf(PHOTO, 40));

        assertThat(failureOf(headerProbe(), origin.url()))
                .isEqualTo(new Truncated("the file ends before the image does", false));
        assertThat(requests).hasSize(1);
    }

    @Test
    void reportsAnEmptyBodyAfterAnUnsatisfiableRange() {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                boolean range = connection.lastRequest().contains("Range: ");
                connection.send(
                        range
                                ? "HTTP/1.1 416 No Such Range\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n"
                                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });

        assertThat(failureOf(headerProbe(), origin.url())).isEqualTo(new NotAnImage("the body was empty"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Range: none",
                "Content-Range: bytes 1000-66535/5000000",
                "Content-Range: bytes 0-65535/100",
                "Content-Range: bytes 9-5/10",
                "Content-Range: bytes 0-9/5000000",
                "Content-Range: items 0-65535/5000000",
                "Content-Range: bytes 0-99999999999999999999/*",
                "Content-Type: multipart/byteranges; boundary=x"
            })
    void requestsTheWholeFileIfTheRangeIsNotTheBeginning(String header) throws Exception {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                if (connection.lastRequest().contains("Range: ")) {
                    connection.send("HTTP/1.1 206 Partial Content\r\n" + header + "\r\nContent-Length: 65536\r\n\r\n");
                    connection.send(new byte[PART]);
                } else {
                    connection.send(Origin.ok(PHOTO));
                }
            }
        });

        assertThat(measure(headerProbe(), origin.url()).dimensions().width()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-65535/5000000", "bytes 0-65535/*", "BYTES 0-65535/5000000"})
    void acceptsTheBeginningOfAFileOfAnyLength(String range) throws Exception {
        MeasuredImage measured = downloads.measured(
                connection -> {
                    connection.send("HTTP/1.1 206 Partial Content\r\nContent-Range: " + range
                            + "\r\nContent-Length: 65536\r\n\r\n");
                    connection.send(padded(PHOTO, PART));
                    connection.awaitHangUp();
                },
                "mode",
                "header");

        assertThat(measured.dimensions().width()).isEqualTo(30);
    }

    @Test
    void reportsATruncatedRange() {
        ImageFailure failure = downloads.failureOf(
                connection -> {
                    connection.send("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-65535/5000000\r\n");
                    connection.send("Content-Length: 65536\r\n\r\n");
                    connection.send(Arrays.copyOf(PHOTO, 40));
                },
                "mode",
                "header");

        assertThat(failure).isEqualTo(new Truncated("the body ended before it was complete"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 405, 416, 501, 406, 412, 417, 422, 500})
    void requestsTheWholeFileIfAnOriginRefusesRanges(int status) throws Exception {
        Origin origin = refusingRanges(status);
        ImageProbe probe = headerProbe();

        assertThat(measure(probe, origin.url()).dimensions()).isEqualTo(new ImageDimensions(60, 40, "jpeg"));
        assertThat(requests)
                .satisfiesExactly(
                        first -> assertThat(first).contains("Range: "),
                        second -> assertThat(second).doesNotContain("Range: "));
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void requestsTheWholeFileBehindARedirectIfItsOriginRefusesRanges() throws Exception {
        Origin origin = downloads.from(Origin.redirecting(refusingRanges(403).url()));

        assertThat(measure(headerProbe(), origin.url()).dimensions()).isEqualTo(new ImageDimensions(60, 40, "jpeg"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404, 408, 410, 429, 451, 502, 503, 504})
    void doesNotAskTwiceIfTheStatusIsNotAboutRanges(int status) {
        Origin origin = refusingRanges(status);

        assertThat(failureOf(headerProbe(), origin.url())).isEqualTo(new HttpStatus(status));
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 500})
    void doesNotAskTwiceIfTheOriginAsksToWait(int status) {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send("HTTP/1.1 " + status + " No\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
            }
        });

        assertThat(failureOf(headerProbe(), origin.url())).isEqualTo(new HttpStatus(status, Duration.ofMinutes(1)));
        assertThat(requests).hasSize(1);
    }

    @Test
    void asksOnlyOnceInFullMode() {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            }
        });

        assertThat(failureOf(downloads.probe(), origin.url())).isEqualTo(new HttpStatus(403));
        assertThat(requests).hasSize(1);
    }

    /** Creates an origin that answers {@code status} to a range, and has a photo without one. */
    private Origin refusingRanges(int status) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                if (connection.lastRequest().contains("Range: ")) {
                    connection.send("HTTP/1.1 " + status + " No\r\nContent-Length: 2\r\n\r\nno");
                } else {
                    connection.send(Origin.ok(jpeg(60, 40)));
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 416, 500})
    void requestsAtMostTwice(int status) {
        Origin origin = downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                connection.send("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
            }
        });

        assertThat(failureOf(headerProbe(), origin.url())).isEqualTo(new HttpStatus(status));
        assertThat(requests).hasSize(2);
    }

    private ImageProbe headerProbe() {
        return downloads.probe("mode", "header");
    }

    /** Creates an origin that honours the requested range of {@code file}. */
    private Origin rangesOf(byte[] file) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                requests.add(connection.lastRequest());
                if (connection.lastRequest().contains("Range: bytes=0-65535\r\n")) {
                    sendPart(connection, file);
                } else {
                    connection.send(Origin.ok(file));
                }
            }
        });
    }

    private static void sendPart(Origin.Connection connection, byte[] file) throws IOException {
        int length = Math.min(file.length, PART);
        connection.send("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-" + (length - 1) + "/" + file.length
                + "\r\nContent-Length: " + length + "\r\n\r\n");
        connection.send(Arrays.copyOf(file, length));
    }
}
