package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.INVALID_DIMENSIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageDimensions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The smallest and the largest dimensions of each format, and invalid ones. */
class SizeLimitsTest {

    /** For each file, the offsets of width and height, and the number of bytes of each. */
    @ParameterizedTest
    @CsvSource({
        "avif/still.avif, 196, 200, 4",
        "bmp/core-header-12.bmp, 18, 20, 2",
        "bmp/info-header-40.bmp, 18, 22, 4",
        "gif/89a.gif, 6, 8, 2",
        "heic/still.heic, 305, 309, 4",
        "jpeg/baseline.jpg, 165, 163, 2",
        "jpeg2000/codestream.j2k, 8, 12, 4",
        "jpeg2000/container.jp2, 52, 48, 4",
        "png/rgb.png, 16, 20, 4",
        "psd/rgb.psd, 18, 14, 4",
        "tga/uncompressed.tga, 12, 14, 2",
        "tiff/big-endian-short.tif, 3422, 3434, 2",
        "tiff/bigtiff-little-endian.tif, 1048, 1068, 2",
        "tiff/directory-first-long.tif, 30, 42, 4",
        "webp/lossy.webp, 26, 28, 2"
    })
    void rejectsDimensionsOfZero(String path, int width, int height, int length) {
        assertThat(reasonOf(zeroed(path, width, length))).as("width").isEqualTo(INVALID_DIMENSIONS);
        assertThat(reasonOf(zeroed(path, height, length))).as("height").isEqualTo(INVALID_DIMENSIONS);
    }

    private static byte[] zeroed(String path, int offset, int length) {
        byte[] file = SamplePhoto.at(path).bytes();
        Arrays.fill(file, offset, offset + length, (byte) 0);
        return file;
    }

    @ParameterizedTest
    @CsvSource({"-1, 5", "5, -2147483648"})
    void rejectsAPngWithNegativeDimensions(int width, int height) {
        assertThat(reasonOf(png(width, height))).isEqualTo(INVALID_DIMENSIONS);
    }

    @Test
    void acceptsTheLargestDimensions() throws Exception {
        FileSource file = FileSource.of(png(Integer.MAX_VALUE, Integer.MAX_VALUE));

        assertThat(new DimensionsReader().readWhole(file, new byte[DimensionsReader.BUFFER_SIZE]))
                .isEqualTo(new ImageDimensions(Integer.MAX_VALUE, Integer.MAX_VALUE, "png"));
    }

    private static byte[] png(int width, int height) {
        byte[] png = SamplePhoto.at("png/rgb.png").bytes();
        ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }

    /** {@code size} has the byte order of the file; that of the bitmap is a height of -2147483648. */
    @ParameterizedTest
    @CsvSource({
        "avif/still.avif, 196, 0x80000000",
        "heic/still.heic, 309, 0x80000000",
        "psd/rgb.psd, 14, 0xFFFFFFFF",
        "bmp/info-header-40.bmp, 22, 0x00000080",
        "tiff/directory-first-long.tif, 30, 0x80000000",
        "jpeg2000/container.jp2, 48, 0x80000000"
    })
    void rejectsDimensionsBeyondAnInt(String path, int offset, String size) {
        byte[] file = SamplePhoto.at(path).bytes();
        ByteBuffer.wrap(file).putInt(offset, Long.decode(size).intValue());

        assertThat(reasonOf(file)).isEqualTo(INVALID_DIMENSIONS);
    }

    @Test
    void rejectsACodestreamWithAnOffsetBeyondItsImage() {
        byte[] codestream = SamplePhoto.at("jpeg2000/codestream.j2k").bytes();
        ByteBuffer.wrap(codestream).putInt(16, 143);

        assertThat(reasonOf(codestream)).isEqualTo(INVALID_DIMENSIONS);
    }
}
