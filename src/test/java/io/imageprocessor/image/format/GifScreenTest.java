package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.INVALID_DIMENSIONS;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GIF files whose logical screen has no size, or another size than the first frame. */
class GifScreenTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    private static byte[] withScreen(String path, int width, int height) {
        byte[] file = SamplePhoto.at(path).bytes();
        file[6] = (byte) width;
        file[7] = 0;
        file[8] = (byte) height;
        file[9] = 0;
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "gif/87a.gif, 45, 27",
        "gif/89a.gif, 46, 28",
        "gif/comment-first.gif, 48, 30",
        "gif/local-colour-table-only.gif, 45, 27",
        "gif/trailing-bytes.gif, 45, 27",
        "gif/animated-frames-smaller-than-screen.gif, 20, 11",
        "gif/ffmpeg.gif, 52, 31"
    })
    void measuresTheFirstFrameIfTheScreenHasNoSize(String path, int width, int height) throws IOException {
        byte[] file = withScreen(path, 0, 0);
        ImageDimensions expected = new ImageDimensions(width, height, "gif");

        assertThat(reader.readWhole(FileSource.of(file), buffer)).isEqualTo(expected);
        assertThat(reader.readWhole(new FileSource(file, 1, -1), buffer)).isEqualTo(expected);
        assertThat(reader.readHeader(new FileSource(file, 7, file.length), buffer))
                .isEqualTo(expected);
    }

    @Test
    void skipsZerosBeforeTheFirstFrame() throws IOException {
        byte[] gif = withScreen("gif/local-colour-table-only.gif", 0, 0);
        byte[] file = new byte[gif.length + 2];
        System.arraycopy(gif, 0, file, 0, 13);
        System.arraycopy(gif, 13, file, 15, gif.length - 13);

        assertThat(reader.readWhole(FileSource.of(file), buffer)).isEqualTo(new ImageDimensions(45, 27, "gif"));
    }

    /** The screen is what viewers show, although some enlarge it for the first frame. */
    @Test
    void measuresTheScreenIfItIsSmallerThanTheFirstFrame() throws IOException {
        assertThat(reader.readWhole(FileSource.of(withScreen("gif/89a.gif", 20, 10)), buffer))
                .isEqualTo(new ImageDimensions(20, 10, "gif"));
    }

    @Test
    void rejectsAFileWithoutAnySize() {
        byte[] emptyFrame = withScreen("gif/local-colour-table-only.gif", 0, 0);
        Arrays.fill(emptyFrame, 18, 22, (byte) 0);
        byte[] noFrame = Arrays.copyOf(withScreen("gif/local-colour-table-only.gif", 0, 0), 14);
        noFrame[13] = 0x3B;

        assertThat(reasonOf(emptyFrame)).isEqualTo(INVALID_DIMENSIONS);
        assertThat(reasonOf(noFrame)).isEqualTo(INVALID_DIMENSIONS);
    }

    @Test
    void stillDetectsTruncation() {
        byte[] file = withScreen("gif/89a.gif", 0, 0);
        for (int length = file.length - 1; length > 13; length -= 11) {
            assertThat(reasonOf(Arrays.copyOf(file, length))).isEqualTo(TRUNCATED);
        }
    }
}
