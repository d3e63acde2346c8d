package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
