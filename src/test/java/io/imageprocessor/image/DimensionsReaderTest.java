package io.imageprocessor.image;

import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.jpegWithExif;
import static io.imageprocessor.image.Photos.photo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DimensionsReaderTest {

    private final NetworkFailures failures = new NetworkFailures(Probes.settings());
    private final DimensionsReader reader = new DimensionsReader();
    private final Deadlines deadlines = new Deadlines(Duration.ofMinutes(1), Duration.ofMinutes(1));

    @AfterEach
    void closeDeadlines() {
        deadlines.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff", "wbmp"})
    void readsFromABodyThatComesByteByByte(String format) throws Exception {
        assertThat(dimensionsOf(photo(format, 60, 30), 1, -1)).isEqualTo(new ImageDimensions(60, 30, format));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 63, 64, 65, 300, 1000})
    void readsPastExifToTheFrameHeader(int kilobytes) throws Exception {
        byte[] photo = jpegWithExif(640, 480, kilobytes);

        assertThat(dimensionsOf(photo, 8192, photo.length)).isEqualTo(new ImageDimensions(640, 480, "jpeg"));
    }

    @Test
    void givesUpWhereTheSizeComesTooLate() {
        byte[] photo = jpegWithExif(640, 480, 1100);

        assertThat(failureOf(photo)).isEqualTo(new UnsupportedFormat("there is no image size in the first 1MB"));
    }

    @Test
    void readsNoFurtherThanTheSizeTakes() throws Exception {
        byte[] photo = Arrays.copyOf(jpeg(64, 48), 500_000);
        HttpBody body = body(photo, 1000, photo.length);

        reader.read(body, new byte[64 * 1024]);

        assertThat(body.bytes()).isLessThanOrEqualTo(2000);
    }

    @Test
    void goesByTheLogicalScreenOfAGif() throws Exception {
        byte[] gif = photo("gif", 20, 10);
        gif[6] = 0x2C;
        gif[7] = 0x01;

        assertThat(dimensionsOf(gif, 8192, -1)).isEqualTo(new ImageDimensions(300, 10, "gif"));
    }

    @Test
    void findsADirectoryAtTheEndOfATiff() throws Exception {
        byte[] tiff = photo("tiff", 200, 100);

        assertThat(dimensionsOf(tiff, 100, tiff.length)).isEqualTo(new ImageDimensions(200, 100, "tiff"));
    }

    @Test
    void refusesATiffThatPointsGigabytesAhead() {
        byte[] tiff = new byte[1000];
        ByteBuffer.wrap(tiff).put(new byte[] {'M', 'M', 0, 42}).putInt(Integer.MAX_VALUE);

        assertThat(failureOf(tiff, tiff.length)).isInstanceOf(Truncated.class);
        assertThat(failureOf(tiff, 2_000_000_000)).isInstanceOf(UnsupportedFormat.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "5, 0", "-1, 5", "5, -2147483648"})
    void refusesAPngOfNoSize(int width, int height) {
        assertThat(failureOf(png(width, height))).isEqualTo(new InvalidDimensions());
    }

    @Test
    void takesTheLargestSizeThereIs() throws Exception {
        ImageDimensions dimensions = dimensionsOf(png(Integer.MAX_VALUE, Integer.MAX_VALUE), 8192, -1);

        assertThat(dimensions).isEqualTo(new ImageDimensions(Integer.MAX_VALUE, Integer.MAX_VALUE, "png"));
    }

    @Test
    void refusesAJpegOfNoSize() {
        byte[] photo = jpeg(20, 10);
        int frame = indexOf(photo, 0xC0);
        photo[frame + 4] = 0;
        photo[frame + 5] = 0;

        assertThat(failureOf(photo)).isEqualTo(new InvalidDimensions());
    }

    @Test
    void tellsAVariantThatImageIoDoesNotKnow() {
        byte[] photo = jpeg(20, 10);
        photo[indexOf(photo, 0xC0)] = (byte) 0xC3;

        assertThat(failureOf(photo))
                .isEqualTo(new UnsupportedFormat("this variant of the image's format is not supported"));
    }

    @Test
    void tellsADamagedImage() {
        byte[] png = photo("png", 20, 10);
        png[12] = 'X';

        assertThat(failureOf(png)).isEqualTo(new NotAnImage("the image is damaged"));
    }

    @ParameterizedTest
    @CsvSource({"jpeg, 100", "png, 20", "gif, 9", "bmp, 20", "tiff, 12"})
    void tellsAFileThatEndsBeforeItsSize(String format, int length) {
        assertThat(failureOf(Arrays.copyOf(photo(format, 20, 10), length)))
                .isEqualTo(new Truncated("the file ends before its image size"));
    }

    @Test
    void measuresRightAfterFailures() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(failureOf(Arrays.copyOf(jpeg(20, 10), 100 + i))).isInstanceOf(Truncated.class);
            assertThat(dimensionsOf(jpeg(30 + i, 40), 8192, -1).width()).isEqualTo(30 + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff", "wbmp"})
    void endsInDimensionsOrAFailureWhateverTheBytes(String format) {
        Random random = new Random(42);
        byte[] photo = photo(format, 50, 40);
        for (int i = 0; i < 2000; i++) {
            byte[] mutated = Arrays.copyOf(photo, random.nextInt(4) == 0 ? random.nextInt(photo.length) : photo.length);
            for (int change = random.nextInt(8); change > 0 && mutated.length > 0; change--) {
                mutated[random.nextInt(Math.min(mutated.length, 700))] = (byte) random.nextInt();
            }
            try {
                assertThat(dimensionsOf(mutated, 1 + random.nextInt(300), -1).width())
                        .isPositive();
            } catch (ImageFailedException e) {
                assertThat(e.failure().message()).isNotBlank();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private ImageDimensions dimensionsOf(byte[] file, int atOnce, long promised)
            throws ImageFailedException, IOException {
        return reader.read(body(file, atOnce, promised), new byte[64 * 1024]);
    }

    private ImageFailure failureOf(byte[] file) {
        return failureOf(file, -1);
    }

    private ImageFailure failureOf(byte[] file, long promised) {
        return catchThrowableOfType(ImageFailedException.class, () -> dimensionsOf(file, 8192, promised))
                .failure();
    }

    /** A body that brings at most {@code atOnce} bytes with every read. */
    private HttpBody body(byte[] file, int atOnce, long promised) throws IOException {
        InputStream stream = new ByteArrayInputStream(file) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, atOnce));
            }
        };
        try (Attempt attempt = deadlines.begin();
                InputStreamEntity entity = new InputStreamEntity(stream, promised, ContentType.IMAGE_JPEG)) {
            return new HttpBody(
                    entity, ContentCoding.IDENTITY, false, new HttpBody.Limits(Long.MAX_VALUE, attempt, failures));
        }
    }

    private static byte[] png(int width, int height) {
        byte[] png = photo("png", 20, 10);
        ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }

    private static int indexOf(byte[] photo, int marker) {
        for (int i = 0; i < photo.length - 1; i++) {
            if ((photo[i] & 0xFF) == 0xFF && (photo[i + 1] & 0xFF) == marker) {
                return i + 1;
            }
        }
        throw new AssertionError("no such marker");
    }
}
