package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpegWithExif;
import static io.imageprocessor.image.Photos.photo;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files designed to exhaust memory or time. */
class HostileFilesTest {

    private static final Truncated TRUNCATED = new Truncated("the file ends before the image does", false);
    private static final NotAnImage DAMAGED = new NotAnImage("the image is damaged");
    private static final byte[] HEIC = concat(box(16, "ftypheic"), new byte[4]);

    @RegisterExtension
    final Downloads downloads = new Downloads();

    @Test
    void measuresAJpegWithFiftyMegabytesOfMetadata() throws Exception {
        byte[] photo = jpegWithExif(30, 40, 50 * 1024);

        MeasuredImage measured = downloads.measured(connection -> connection.send(ok(photo)));

        assertThat(measured).isEqualTo(new MeasuredImage(new ImageDimensions(30, 40, "jpeg"), photo.length));
    }

    @Test
    void measuresAPngOfTheLargestDimensions() throws Exception {
        byte[] png = photo("png", 30, 40);
        ByteBuffer.wrap(png).putInt(16, Integer.MAX_VALUE).putInt(20, Integer.MAX_VALUE);

        assertThat(downloads.measured(connection -> connection.send(ok(png))).dimensions())
                .isEqualTo(new ImageDimensions(Integer.MAX_VALUE, Integer.MAX_VALUE, "png"));
    }

    @Test
    void rejectsATiffWhoseDirectoryPointsBackwards() {
        assertThat(failureOf(tiff(4))).isEqualTo(DAMAGED);
    }

    @Test
    void rejectsATiffWhoseDirectoryIsThreeGigabytesAhead() {
        byte[] tiff = tiff(3_000_000_000L);

        assertThat(failureOf(tiff)).isEqualTo(TRUNCATED);
        assertThat(downloads.failureOf(
                        connection -> {
                            connection.send("HTTP/1.1 200 OK\r\n\r\n");
                            while (true) {
                                connection.send(tiff);
                            }
                        },
                        "max-bytes",
                        "1MB"))
                .isEqualTo(new TooLarge("the body was larger than 1MB"));
    }

    @Test
    void rejectsAnIconThatClaimsMoreImagesThanItHas() {
        byte[] icon = new byte[300];
        ByteBuffer.wrap(icon).putInt(0x00000100).putShort((short) 0xFFFF);
        byte[] firstEntry = icon.clone();
        // A bitmap of 2,000 bytes right after the directory, and one whose header is in the file.
        ByteBuffer.wrap(firstEntry).position(14).putInt(0xD0070000).putInt(0xF6FF0F00);
        byte[] firstImage = icon.clone();
        ByteBuffer.wrap(firstImage)
                .position(14)
                .putInt(0xD0070000)
                .putInt(0x16000000)
                .putInt(0x28000000);

        assertThat(failureOf(firstEntry)).isEqualTo(TRUNCATED);
        assertThat(failureOf(firstImage)).isEqualTo(TRUNCATED);
        assertThat(failureOf(icon))
                .as("no entry in its directory")
                .isEqualTo(new NotAnImage("the body is not an image"));
    }

    @Test
    void rejectsHeicBoxesLongerThanTheFile() {
        assertThat(failureOf(concat(HEIC, box(0x7FFFFFFF, "mdat")))).isEqualTo(TRUNCATED);
        assertThat(failureOf(concat(HEIC, meta(box(0x7FFFFFFF, "iprp"))))).isEqualTo(DAMAGED);
        assertThat(failureOf(concat(HEIC, meta(concat(box(200, "iprp"), box(0x7FFFFFFF, "ipco"))))))
                .isEqualTo(DAMAGED);
        assertThat(failureOf(concat(HEIC, meta(concat(box(200, "iprp"), concat(box(150, "ipma"), ones(100)))))))
                .isEqualTo(TRUNCATED);
    }

    @Test
    void readsAHeicBoxOfLengthZeroToTheEndOfTheFile() {
        assertThat(failureOf(concat(HEIC, box(0, "mdat"))))
                .isEqualTo(new UnsupportedFormat("the file has no main image"));
        assertThat(failureOf(concat(HEIC, meta(box(0, "iprp"))))).isInstanceOf(UnsupportedFormat.class);
    }

    /** Returns the failure of a file of 300 bytes that begins with {@code beginning}. */
    private ImageFailure failureOf(byte[] beginning) {
        return downloads.failureOf(connection -> connection.send(ok(Photos.padded(beginning, 300))));
    }

    private static byte[] tiff(long directory) {
        return ByteBuffer.allocate(300)
                .putInt(0x4D4D002A)
                .putInt((int) directory)
                .array();
    }

    private static byte[] meta(byte[] boxes) {
        return concat(concat(box(276, "meta"), new byte[4]), boxes);
    }

    /** Creates the header of a box. */
    private static byte[] box(int length, String type) {
        return concat(ByteBuffer.allocate(4).putInt(length).array(), ascii(type));
    }

    private static byte[] ones(int count) {
        byte[] ones = new byte[count];
        Arrays.fill(ones, (byte) 1);
        return ones;
    }
}
