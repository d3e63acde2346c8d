package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Detection of truncated files. */
class CompletenessTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    /** Returns the files in which no bytes follow the image. */
    static Stream<SamplePhoto> endingWithTheImage() {
        return SamplePhoto.measured()
                .filter(photo -> photo.format().matches("jpeg|png|gif|webp"))
                .filter(photo -> !photo.path().matches(".*(trailing|motion|multi-picture).*"));
    }

    @ParameterizedTest
    @MethodSource("endingWithTheImage")
    void detectsTruncationAtEveryLength(SamplePhoto photo) {
        byte[] file = photo.bytes();
        for (int length = file.length - 1; length > 64; length -= 1 + (file.length - length) / 5) {
            assertThat(reasonOf(Arrays.copyOf(file, length)))
                    .as("the first %d bytes of %d", length, file.length)
                    .isEqualTo(TRUNCATED);
        }
    }

    @Test
    void detectsALargeJpegTruncatedInItsCodedData() throws IOException {
        byte[] file = noise();
        assertThat(reader.readWhole(FileSource.of(file), buffer).width()).isEqualTo(700);

        for (int length = file.length - 1; length > 5_000; length -= 7_001) {
            assertThat(reasonOf(new FileSource(Arrays.copyOf(file, length), 1460, -1)))
                    .isEqualTo(TRUNCATED);
        }
    }

    @Test
    void acceptsAJpegFollowedByOtherBytes() throws IOException {
        byte[] file = noise();
        byte[] random = new byte[200_000];
        new Random(7).nextBytes(random);
        byte[] text = "and so on ".repeat(20_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (byte[] trailer : new byte[][] {new byte[1], new byte[100], new byte[100_000], random, text}) {
            byte[] longer = Arrays.copyOf(file, file.length + trailer.length);
            System.arraycopy(trailer, 0, longer, file.length, trailer.length);

            assertThat(reader.readWhole(new FileSource(longer, 1460, -1), buffer)
                            .width())
                    .isEqualTo(700);
        }
    }

    /** Bytes of real origins and cameras behind the end marker, which resemble coded data in part. */
    static Stream<Arguments> trailers() {
        return Stream.of(
                arguments("fill bytes", repeated("FF")),
                arguments("zeros", repeated("00")),
                arguments("a mask of wide areas", repeated("FF".repeat(30) + "00".repeat(50))),
                arguments("a mask like a chessboard", repeated("FF00")),
                arguments("a mask of single points", repeated("FF" + "00".repeat(99))),
                arguments("white RGBX", repeated("FFFFFF00")),
                arguments("black RGBA", repeated("000000FF")),
                arguments("opaque blue ARGB", repeated("FF0000F0")),
                arguments("few values, one of them 255", repeated("01020304".repeat(500) + "FF00")),
                arguments("16-bit integers from -2 to 2, big-endian", repeated("FFFE0000FFFF00010002FFFE")),
                arguments("16-bit integers from -2 to 2, little-endian", repeated("FEFF0000FFFF01000200FEFF")),
                arguments("16-bit integers from 0 to 255, big-endian", numbers(1)),
                arguments("16-bit integers from 0 to 255, little-endian", numbers(0)));
    }

    private static byte[] repeated(String hex) {
        byte[] period = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = period[i % period.length];
        }
        return bytes;
    }

    private static byte[] numbers(int first) {
        byte[] bytes = new byte[100_000];
        Random random = new Random(3);
        for (int i = first; i < bytes.length; i += 2) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("trailers")
    void acceptsAJpegFollowedByBytesLikeCodedData(String what, byte[] trailer) throws IOException {
        byte[] small = SamplePhoto.at("jpeg/baseline.jpg").bytes();
        byte[] large = noise();
        for (int length : new int[] {1, 2, 3, 100, 4093, 4094, 4095, 4096, 4097, 8000, 40_000, 100_000}) {
            assertComplete(small, trailer, length, 61);
            assertComplete(large, trailer, length, 700);
        }
    }

    private void assertComplete(byte[] image, byte[] trailer, int trailing, int width) throws IOException {
        byte[] file = Arrays.copyOf(image, image.length + trailing);
        System.arraycopy(trailer, 0, file, image.length, trailing);
        for (int atOnce : new int[] {1460, 30_000, Integer.MAX_VALUE}) {
            for (long declaredLength : new long[] {-1, file.length}) {
                assertThat(reader.readWhole(new FileSource(file, atOnce, declaredLength), buffer)
                                .width())
                        .isEqualTo(width);
            }
        }
    }

    /** Up to 32 KB, all of a file is still in the buffer at its end. */
    @Test
    void detectsTruncationOfAnySmallFile() {
        byte[] file = SamplePhoto.at("jpeg/restart-markers.jpg").bytes();
        for (int length = file.length - 1; length > file.length - 100; length--) {
            assertThat(reasonOf(new FileSource(Arrays.copyOf(file, length), 700, -1)))
                    .isEqualTo(TRUNCATED);
        }
    }

    private static byte[] noise() throws IOException {
        Random random = new Random(42);
        BufferedImage image = new BufferedImage(700, 500, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", file);
        return file.toByteArray();
    }
}
