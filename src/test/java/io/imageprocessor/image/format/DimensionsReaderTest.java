package io.imageprocessor.image.format;

import static io.imageprocessor.image.Photos.jpegWithExif;
import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.UNSUPPORTED_FORMAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that no encoder writes, and files too large for the corpus. */
class DimensionsReaderTest {

    private static final byte[] JPEG = SamplePhoto.at("jpeg/baseline.jpg").bytes();
    private static final byte[] PNG = SamplePhoto.at("png/rgb.png").bytes();

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 63, 64, 65, 300, 1000, 50_000})
    void findsTheFrameOfAJpegAfterAnyAmountOfMetadata(int kilobytes) throws Exception {
        byte[] photo = jpegWithExif(640, 480, kilobytes);

        assertThat(reader.readWhole(new FileSource(photo, 8192, photo.length), buffer))
                .isEqualTo(new ImageDimensions(640, 480, "jpeg"));
    }

    /** ITU-T T.81, B.2.5: a frame without a height gets it after the first scan. */
    @ParameterizedTest
    @ValueSource(strings = {"jpeg/baseline.jpg", "jpeg/restart-markers.jpg", "jpeg/progressive.jpg"})
    void readsTheHeightOfAJpegAfterItsFirstScan(String path) throws Exception {
        SamplePhoto photo = SamplePhoto.at(path);
        byte[] file = withHeightAfterScan(photo.bytes());

        assertThat(reader.readWhole(new FileSource(file, 100, -1), buffer)).isEqualTo(photo.dimensions());
        assertThat(reader.readHeader(new FileSource(file, 100, file.length), buffer))
                .isEqualTo(photo.dimensions());
        assertThat(reasonOf(Arrays.copyOf(file, file.length - 1))).isEqualTo(TRUNCATED);
    }

    private static byte[] withHeightAfterScan(byte[] jpeg) {
        ByteBuffer file = ByteBuffer.allocate(jpeg.length + 6);
        int at = 2;
        int height = 0;
        while (jpeg[at + 1] != (byte) 0xDA) {
            if (jpeg[at + 1] == (byte) 0xC0 || jpeg[at + 1] == (byte) 0xC2) {
                height = ByteBuffer.wrap(jpeg).getShort(at + 5);
                ByteBuffer.wrap(jpeg).putShort(at + 5, (short) 0);
            }
            at += 2 + ByteBuffer.wrap(jpeg).getShort(at + 2);
        }
        do {
            at++;
        } while (jpeg[at] != (byte) 0xFF || (jpeg[at + 1] >= -0x30 && jpeg[at + 1] <= -0x29) || jpeg[at + 1] == 0);
        file.put(jpeg, 0, at).putShort((short) 0xFFDC).putShort((short) 4).putShort((short) height);
        return file.put(jpeg, at, jpeg.length - at).array();
    }

    @Test
    void stopsReadingAHeaderWhenTheDimensionsAreKnown() throws Exception {
        FileSource source = new FileSource(Arrays.copyOf(JPEG, 500_000), 1000, 500_000);

        reader.readHeader(source, buffer);

        assertThat(source.position()).isLessThanOrEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "'P5\n0 7\n255\n', INVALID_DIMENSIONS",
        "'P5\n7 0\n255\n', INVALID_DIMENSIONS",
        "'P6 -3 4 255 ', INVALID_DIMENSIONS",
        "'P4\n2147483648 1\n', INVALID_DIMENSIONS",
        "'P2\n99999999999999999999 1\n', NOT_AN_IMAGE",
        "'P3 three four 255 ', NOT_AN_IMAGE",
        "'P7\nWIDTH 3\nDEPTH 1\nENDHDR\n', NOT_AN_IMAGE",
        "'P7\nWIDTH 3\nHEIGHT 0\nENDHDR\n', INVALID_DIMENSIONS",
        "'P5\n12', TRUNCATED",
        "'P5\n# a comment without an end', TRUNCATED"
    })
    void rejectsPnmHeadersWithoutValidDimensions(String head, UnreadableImageException.Reason reason) {
        assertThat(reasonOf(head.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 4, 7})
    void rejectsATiffWhoseDirectoryPointsBackwards(long directory) {
        assertThat(reasonOf(tiff(directory))).isEqualTo(NOT_AN_IMAGE);
        assertThat(reasonOf(bigTiff(directory))).isEqualTo(NOT_AN_IMAGE);
    }

    @Test
    void rejectsATiffThatPointsBeyondItsEnd() {
        assertThat(reasonOf(tiff(3_000_000_000L))).isEqualTo(TRUNCATED);
        assertThat(reasonOf(bigTiff(Long.MAX_VALUE))).isEqualTo(TRUNCATED);
        assertThat(reasonOf(bigTiff(-1))).isEqualTo(NOT_AN_IMAGE);

        FileSource announced = new FileSource(tiff(3_000_000_000L), 100, 1000);
        assertThat(reasonOf(announced)).isEqualTo(TRUNCATED);
        assertThat(announced.position()).as("no byte read beyond the header").isEqualTo(100);
    }

    private static byte[] tiff(long directory) {
        return ByteBuffer.allocate(1000)
                .putInt(0x4D4D002A)
                .putInt((int) directory)
                .array();
    }

    private static byte[] bigTiff(long directory) {
        return ByteBuffer.allocate(1000)
                .putInt(0x4D4D002B)
                .putInt(0x00080000)
                .putLong(directory)
                .array();
    }

    @Test
    void rejectsAHeaderLongerThanTheBuffer() {
        byte[] icon = Arrays.copyOf(SamplePhoto.at("ico/single.ico").bytes(), 2_000_000);
        ByteBuffer.wrap(icon).putShort(4, (short) 0xFFFF);

        assertThat(reasonOf(icon)).isEqualTo(UNSUPPORTED_FORMAT);
    }

    @Test
    void rejectsHeicBoxesLongerThanTheFile() {
        byte[] size = heic(box("ispe", 0, 4, 5));
        ByteBuffer.wrap(size).putInt(size.length - 40, Integer.MAX_VALUE);
        byte[] associations = heic(new byte[0]);
        ByteBuffer.wrap(associations).putInt(associations.length - 8, -1);
        byte[] wide = concat(box("ftyp", 0x68656963), box64("mdat", Long.MAX_VALUE / 2));
        byte[] negative = concat(box("ftyp", 0x68656963), box64("mdat", -5));

        assertThat(reasonOf(Arrays.copyOf(size, 300))).isEqualTo(NOT_AN_IMAGE);
        assertThat(reasonOf(Arrays.copyOf(associations, 300))).isEqualTo(TRUNCATED);
        assertThat(reasonOf(wide)).isEqualTo(TRUNCATED);
        assertThat(reasonOf(negative)).isEqualTo(NOT_AN_IMAGE);
    }

    @Test
    void readsAHeicBoxOfLengthZeroToTheEndOfTheFile() throws Exception {
        byte[] file = heic(box("ispe", 0, 40, 50));
        // The meta box is the last in this file, after 16 bytes of ftyp.
        ByteBuffer.wrap(file).putInt(16, 0);

        assertThat(reader.readWhole(FileSource.of(file), buffer)).isEqualTo(new ImageDimensions(40, 50, "heic"));
        assertThat(reasonOf(concat(box("ftyp", 0x68656963, 0, 0), new byte[300])))
                .isEqualTo(UNSUPPORTED_FORMAT);
    }

    @Test
    void findsAPrimaryItemThatIsNamedAfterTheDimensions() throws Exception {
        byte[] sizes = box(
                "iprp",
                concat(box("ipco", concat(box("ispe", 0, 4, 5), box("ispe", 0, 40, 50))), associations(1, 1, 2, 2)));
        byte[] file = concat(
                box("ftyp", 0x68656963, 0),
                box("meta", concat(new byte[4], concat(sizes, box("pitm", 0, 0x00020000)))));

        assertThat(reader.readWhole(FileSource.of(file), buffer)).isEqualTo(new ImageDimensions(40, 50, "heic"));
    }

    /** Creates a file with item 1, whose first property has its dimensions. */
    private static byte[] heic(byte[] properties) {
        byte[] sizes = box("iprp", concat(box("ipco", properties), associations(1, 1)));
        return concat(
                box("ftyp", 0x68656963, 0),
                box("meta", concat(new byte[4], concat(box("pitm", 0, 0x00010000), sizes))));
    }

    /** Creates an association box from pairs of an item and its property. */
    private static byte[] associations(int... itemsAndProperties) {
        ByteBuffer content = ByteBuffer.allocate(8 + 2 * itemsAndProperties.length);
        content.putInt(0).putInt(itemsAndProperties.length / 2);
        for (int i = 0; i < itemsAndProperties.length; i += 2) {
            content.putShort((short) itemsAndProperties[i]).put((byte) 1).put((byte) itemsAndProperties[i + 1]);
        }
        return box("ipma", content.array());
    }

    private static byte[] box(String type, int... content) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * content.length);
        for (int i : content) {
            bytes.putInt(i);
        }
        return box(type, bytes.array());
    }

    private static byte[] box(String type, byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .putInt(8 + content.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }

    private static byte[] box64(String type, long length) {
        return ByteBuffer.allocate(100)
                .putInt(1)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .putLong(length)
                .array();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @Test
    void passesExceptionsOfTheSourceOn() {
        for (String path : new String[] {"jpeg/baseline.jpg", "png/rgb.png", "ico/largest-second.ico"}) {
            byte[] file = SamplePhoto.at(path).bytes();
            IOException failure = new IOException("expected by this test");
            ByteSource source = new ByteSource() {
                private boolean begun;

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (begun) {
                        throw failure;
                    }
                    begun = true;
                    System.arraycopy(file, 0, bytes, offset, 12);
                    return 12;
                }

                @Override
                public long declaredLength() {
                    return file.length;
                }
            };

            assertThatIOException()
                    .isThrownBy(() -> reader.readWhole(source, buffer))
                    .isSameAs(failure);
        }
    }

    @Test
    void measuresCorrectlyAfterFailures() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(reasonOf(Arrays.copyOf(PNG, 10 + i))).isEqualTo(TRUNCATED);
            assertThat(reader.readWhole(FileSource.of(PNG), buffer).format()).isEqualTo("png");
        }
    }
}
