package io.imageprocessor.image.http;

import static io.imageprocessor.gzip.Gzip.gzip;
import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Photos.padded;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.imageprocessor.image.Downloads;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.MeasuredImage;
import io.imageprocessor.image.Origin;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that an origin encodes although the request asks for no encoding. */
class ContentCodingTest {

    private static final Truncated TRUNCATED = new Truncated("the body ended before it was complete");
    private static final NotAnImage DAMAGED = new NotAnImage("the body is not the gzip it is said to be");

    private static final int GZIP_HEADER = 10;
    private static final int CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "x-gzip",
                " gzip ",
                "identity, gzip",
                "gzip,",
                "gzip\r\nContent-Encoding: identity",
                "aws-chunked, gzip",
                "gzip, aws-chunked",
                "utf-8, gzip, binary",
                "image/jpeg\r\nContent-Encoding: gzip",
                "gzip\r\nContent-Encoding: null"
            })
    void decodesGzip(String coding) throws Exception {
        Origin origin = downloads.from(Origin.answering(encoded(coding, gzip(padded(PHOTO, 100_000)))));
        ImageProbe probe = downloads.probe();

        for (int i = 0; i < 3; i++) {
            assertThat(measure(probe, origin.url()))
                    .isEqualTo(new MeasuredImage(new ImageDimensions(30, 40, "jpeg"), 100_000));
        }
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void decodesGzipInChunks() throws Exception {
        byte[] encoded = gzip(padded(PHOTO, 100_000));
        MeasuredImage measured = downloads.measured(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (byte b : encoded) {
                connection.send(concat(ascii("1\r\n"), new byte[] {b, '\r', '\n'}));
            }
            connection.send("0\r\n\r\n");
            connection.awaitHangUp();
        });

        assertThat(measured.bytes()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "", "identity, identity"})
    void acceptsADeclaredIdentity(String coding) throws Exception {
        assertThat(downloads
                        .measured(connection -> connection.send(encoded(coding, PHOTO)))
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aws-chunked",
                "utf-8",
                "UTF-8",
                "none",
                "binary",
                "8bit",
                "7bit",
                "image/jpeg",
                "null",
                "base64",
                "iso-8859-1",
                "amz-1.0",
                "aws-chunked, utf-8",
                "aws-chunked\r\nContent-Encoding: none",
                "identity, none",
                "<script>",
                "gzip;q=0"
            })
    void ignoresNamesThatAreNoCodings(String coding) throws Exception {
        for (String mode : List.of("full", "header")) {
            assertThat(downloads
                            .measured(connection -> connection.send(encoded(coding, PHOTO)), "mode", mode)
                            .dimensions())
                    .isEqualTo(new ImageDimensions(30, 40, "jpeg"));
        }
    }

    @Test
    void reusesAConnectionIfANameIsNoCoding() throws Exception {
        Origin origin = downloads.from(Origin.answering(encoded("aws-chunked", PHOTO)));
        ImageProbe probe = downloads.probe();

        measure(probe, origin.url());
        measure(probe, origin.url());

        assertThat(origin.accepted()).isOne();
    }

    @Test
    void reportsATruncatedFileIfANameIsNoCoding() {
        assertThat(downloads.failureOf(
                        connection -> connection.send(encoded("utf-8", Arrays.copyOf(PHOTO, PHOTO.length - 20)))))
                .isEqualTo(new Truncated("the file ends before the image does", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "br | the content encoding br is not supported",
                "Deflate | the content encoding deflate is not supported",
                "zstd | the content encoding zstd is not supported",
                "x-compress | the content encoding compress is not supported",
                "gzip, gzip | the body's content encoding is not supported",
                "gzip, br | the body's content encoding is not supported",
                "br, utf-8 | the content encoding br is not supported",
                "none, zstd | the content encoding zstd is not supported",
                "compress, br | the body's content encoding is not supported"
            })
    void reportsAnUnsupportedCoding(String coding, String message) {
        assertThat(downloads.failureOf(connection -> connection.send(encoded(coding, gzip(PHOTO)))))
                .isEqualTo(new UnsupportedFormat(message));
    }

    @Test
    void rejectsAGzipBombEarlyAndWithLittleMemory() {
        byte[] bomb = gzip(padded(PHOTO, 100 << 20));
        Origin origin = downloads.answering(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
            connection.send(Arrays.copyOf(bomb, bomb.length / 2));
            // The rest never arrives and is not needed: these bytes decode to 50 MB.
            connection.awaitHangUp();
        });
        ImageProbe probe = downloads.probe("max-bytes", "40MB", "read-timeout", "20s");
        long allocated = THREADS.getTotalThreadAllocatedBytes();

        ImageFailure failure = failureOf(probe, origin.url());

        assertThat(failure).isEqualTo(new TooLarge("the body was larger than 40MB"));
        assertThat(THREADS.getTotalThreadAllocatedBytes() - allocated).isLessThan(8 << 20);
    }

    @Test
    void rejectsGzipWhoseEncodedLengthIsTooLarge() {
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10000000000\r\n\r\n");
                    connection.awaitHangUp();
                }))
                .isInstanceOf(TooLarge.class);
    }

    @Test
    void rejectsAnEndlessGzipHeaderEarly() {
        Origin origin = downloads.answering(connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
            connection.send(headerWith(NAME));
            // Created once, because allocations of the origin would be counted too.
            byte[] names = "name".repeat(1000).getBytes(UTF_8);
            while (true) {
                connection.send(names);
            }
        });
        ImageProbe probe = downloads.probe();
        long allocated = THREADS.getTotalThreadAllocatedBytes();

        assertThat(failureOf(probe, origin.url())).isEqualTo(DAMAGED);
        assertThat(THREADS.getTotalThreadAllocatedBytes() - allocated).isLessThan(8 << 20);
        assertThat(origin.sent()).isLessThan(32 << 20);
    }

    @Test
    void skipsAllOptionalFieldsOfAGzipHeader() throws Exception {
        byte[] plain = gzip(PHOTO);
        byte[] header = headerWith(CHECKSUM | EXTRA | NAME | COMMENT);
        byte[] fields = concat(new byte[] {3, 1, 9, 9, 9}, concat(new byte[256], ascii("name\0comment\0\1\2")));
        byte[] data = Arrays.copyOfRange(plain, GZIP_HEADER, plain.length);

        assertThat(downloads
                        .measured(connection -> connection.send(encoded("gzip", concat(concat(header, fields), data))))
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    private static byte[] headerWith(int flags) {
        byte[] header = Arrays.copyOf(gzip(PHOTO), GZIP_HEADER);
        header[3] = (byte) flags;
        return header;
    }

    @Test
    void decodesManyEmptyMembersWithoutRecursion() {
        byte[] empty = gzip(new byte[0]);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
            members.writeBytes(empty);
        }
        members.writeBytes(gzip(PHOTO));

        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", members.toByteArray()))))
                .isEqualTo(new NotAnImage("the body was empty"));
    }

    @Test
    void ignoresASecondMember() throws Exception {
        byte[] members = concat(gzip(PHOTO), gzip(new byte[10_000]));

        assertThat(downloads
                        .measured(connection -> connection.send(encoded("gzip", members)))
                        .bytes())
                .isEqualTo(PHOTO.length);
    }

    @Test
    void reportsTruncatedGzip() {
        byte[] whole = gzip(padded(PHOTO, 100_000));
        for (int length : new int[] {1, GZIP_HEADER, 100, whole.length - 9, whole.length - 1}) {
            assertThat(downloads.failureOf(
                            connection -> connection.send(encoded("gzip", Arrays.copyOf(whole, length)))))
                    .as("after %d bytes", length)
                    .isEqualTo(TRUNCATED);
        }
    }

    @Test
    void reportsABodyTruncatedAfterItsGzipData() {
        byte[] encoded = gzip(PHOTO);
        assertThat(downloads.failureOf(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + (encoded.length + 1) + "\r\n\r\n");
                    connection.send(encoded);
                }))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void reportsDamagedGzip() {
        byte[] checksum = gzip(padded(PHOTO, 100_000));
        checksum[checksum.length - 8]++;
        byte[] length = gzip(padded(PHOTO, 100_000));
        length[length.length - 4]++;
        byte[] data = gzip(PHOTO);
        // An invalid block type.
        data[GZIP_HEADER] |= 6;

        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", checksum))))
                .isEqualTo(DAMAGED);
        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", length))))
                .isEqualTo(DAMAGED);
        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", data))))
                .isEqualTo(DAMAGED);
        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", PHOTO))))
                .isEqualTo(DAMAGED);
    }

    @Test
    void reportsAnEmptyBodyWithAnyCoding() {
        assertThat(downloads.failureOf(connection -> connection.send(encoded("gzip", new byte[0]))))
                .isEqualTo(new NotAnImage("the body was empty"));
    }

    @Test
    void ignoresAndDrainsBytesAfterTheGzipData() throws Exception {
        Origin origin = downloads.from(Origin.answering(encoded("gzip", concat(gzip(PHOTO), new byte[10_000]))));
        ImageProbe probe = downloads.probe();

        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        assertThat(measure(probe, origin.url()).bytes()).isEqualTo(PHOTO.length);
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void stopsDecodingInHeaderModeWhenTheDimensionsAreKnown() throws Exception {
        byte[] encoded = gzip(padded(PHOTO, 60 << 20));
        MeasuredImage measured = downloads.measured(
                connection -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + encoded.length
                            + "\r\n\r\n");
                    connection.send(Arrays.copyOf(encoded, 1000));
                    connection.awaitHangUp();
                },
                "mode",
                "header",
                "read-timeout",
                "20s");

        assertThat(measured.bytes()).isLessThan(100_000);
    }

    private static byte[] encoded(String coding, byte[] body) {
        return concat(
                ascii("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: " + body.length
                        + "\r\n\r\n"),
                body);
    }
}
