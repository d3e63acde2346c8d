package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebP files whose first frame cannot be decoded without others. */
class WebPFramesTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    /** The offsets are those of the frame tag, the start code, and the version of a lossless frame. */
    @ParameterizedTest
    @CsvSource({
        "webp/lossy.webp, 20, 1, not a key frame",
        "webp/lossy.webp, 23, 1, no start code",
        "webp/lossy.webp, 25, 128, no start code",
        "webp/lossless.webp, 24, 32, unknown version"
    })
    void rejectsAFrameWithoutDimensions(String path, int offset, int bits, String what) {
        byte[] file = SamplePhoto.at(path).bytes();
        file[offset] ^= (byte) bits;

        assertThat(reasonOf(file)).as(what).isEqualTo(NOT_AN_IMAGE);
        assertThat(catchThrowableOfType(
                                UnreadableImageException.class, () -> reader.readHeader(FileSource.of(file), buffer))
                        .reason())
                .as(what)
                .isEqualTo(NOT_AN_IMAGE);
    }

    /** An extended file states its size before the frame. */
    @ParameterizedTest
    @ValueSource(strings = {"webp/icc-exif.webp", "webp/lossy-alpha.webp"})
    void rejectsAnExtendedFileWhoseFrameIsNoKeyFrame(String path) {
        byte[] file = SamplePhoto.at(path).bytes();
        file[firstFrame(file, "VP8 ")] |= 1;

        assertThat(reasonOf(file)).isEqualTo(NOT_AN_IMAGE);
        assertThat(reasonOf(new FileSource(file, 1, -1))).isEqualTo(NOT_AN_IMAGE);
        assertThat(catchThrowableOfType(
                                UnreadableImageException.class,
                                () -> reader.readHeader(new FileSource(file, 7, file.length), buffer))
                        .reason())
                .isEqualTo(NOT_AN_IMAGE);
    }

    @Test
    void readsTheHeaderOfAnExtendedFileThatEndsBeforeItsFrame() throws IOException {
        SamplePhoto photo = SamplePhoto.at("webp/icc-exif.webp");

        assertThat(reader.readHeader(FileSource.of(Arrays.copyOf(photo.bytes(), 40)), buffer))
                .isEqualTo(new ImageDimensions(photo.width(), photo.height(), "webp"));
    }

    @Test
    void rejectsAnAnimationWhoseFirstFrameCannotBeDecoded() {
        SamplePhoto photo = SamplePhoto.at("webp/animated-full-frames.webp");
        byte[] file = photo.bytes();
        String text = new String(file, StandardCharsets.ISO_8859_1);
        boolean lossy = text.contains("VP8 ");
        file[firstFrame(file, lossy ? "VP8 " : "VP8L")] |= (byte) (lossy ? 1 : 0xF0);

        assertThat(reasonOf(file)).isEqualTo(NOT_AN_IMAGE);
    }

    @Test
    void reportsAnExtendedFileThatEndsBeforeItsFrame() {
        byte[] file = SamplePhoto.at("webp/icc-exif.webp").bytes();

        assertThat(reasonOf(Arrays.copyOf(file, 40))).isEqualTo(TRUNCATED);
        assertThat(reasonOf(Arrays.copyOf(file, firstFrame(file, "VP8 ") + 2))).isEqualTo(TRUNCATED);
    }

    /** Returns the position of the content of the first chunk with this name. */
    private static int firstFrame(byte[] file, String chunk) {
        return new String(file, StandardCharsets.ISO_8859_1).indexOf(chunk) + 8;
    }
}
