package io.imageprocessor.image.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Measures files of many encoders, whose dimensions other programs have confirmed. */
class SamplePhotosTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    static Stream<SamplePhoto> measured() {
        return SamplePhoto.measured();
    }

    static Stream<SamplePhoto> unmeasurable() {
        return SamplePhoto.unmeasurable();
    }

    @ParameterizedTest
    @MethodSource("measured")
    void returnsFormatAndDimensions(SamplePhoto photo) throws IOException {
        byte[] file = photo.bytes();

        assertThat(reader.readWhole(FileSource.of(file), buffer)).isEqualTo(photo.dimensions());
        assertThat(reader.readHeader(new FileSource(file, 1, file.length), buffer))
                .isEqualTo(photo.dimensions());
    }

    /** Different read sizes, so that the end of the buffer is at a different position in the file each time. */
    @ParameterizedTest
    @MethodSource("measured")
    void returnsTheSameForEveryReadSize(SamplePhoto photo) throws IOException {
        byte[] file = photo.bytes();
        for (int atOnce : new int[] {1, 7, 100, 4096}) {
            FileSource source = new FileSource(file, atOnce, -1);

            assertThat(reader.readWhole(source, buffer)).isEqualTo(photo.dimensions());
            assertThat(source.position()).isEqualTo(file.length);
        }
    }

    @ParameterizedTest
    @MethodSource("unmeasurable")
    void reportsWhyAFileIsNotMeasured(SamplePhoto photo) {
        byte[] file = photo.bytes();
        for (int atOnce : new int[] {1, Integer.MAX_VALUE}) {
            UnreadableImageException failure = catchThrowableOfType(
                    UnreadableImageException.class, () -> reader.readWhole(new FileSource(file, atOnce, -1), buffer));

            assertThat(failure.reason().name()).isEqualToIgnoringCase(photo.note());
            assertThat(failure.clause()).isNotBlank();
        }
    }

    @Test
    void everyFormatHasASample() {
        assertThat(SamplePhoto.measured().map(SamplePhoto::format).distinct())
                .containsExactlyInAnyOrderElementsOf(EnumSet.allOf(ImageFormat.class).stream()
                        .map(ImageFormat::label)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("measured")
    void failsCleanlyAtEveryTruncatedLength(SamplePhoto photo) throws IOException {
        byte[] file = photo.bytes();
        for (int length = 0; length < file.length; length += 1 + length / 40) {
            try {
                assertThat(reader.readWhole(FileSource.of(Arrays.copyOf(file, length)), buffer))
                        .isEqualTo(photo.dimensions());
            } catch (UnreadableImageException e) {
                assertThat(e.clause()).isNotBlank();
            }
        }
    }
}
