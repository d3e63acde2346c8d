package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.INVALID_DIMENSIONS;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.UNSUPPORTED_FORMAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that follow their specification, or are read by several programs, although few encoders write them. */
class UnusualFilesTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    private void assertMeasured(byte[] file, int width, int height, String format) throws IOException {
        ImageDimensions expected = new ImageDimensions(width, height, format);
        for (int atOnce : new int[] {1, 1000, Integer.MAX_VALUE}) {
            assertThat(reader.readWhole(new FileSource(file, atOnce, -1), buffer))
                    .isEqualTo(expected);
            assertThat(reader.readHeader(new FileSource(file, atOnce, file.length), buffer))
                    .isEqualTo(expected);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "P7\nWIDTH 60\nHEIGHT 40\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB ALPHA\nENDHDR\n",
                "P7\nTUPLTYPE two words\nHEIGHT 40\nWIDTH 60\nDEPTH 1\nMAXVAL 1\nENDHDR\n",
                "P7\r\nTUPLTYPE WIDTH HEIGHT DEPTH\r\nWIDTH 60\r\nHEIGHT 40\r\nDEPTH 1\r\nMAXVAL 1\r\nENDHDR\r\n",
                "P7\nTUPLTYPE\nWIDTH 60\nHEIGHT 40\nDEPTH 1\nMAXVAL 1\nENDHDR\n",
                "P7\nX 1 2 3 # 4\nWIDTH 60\nHEIGHT 40\nDEPTH 1\nMAXVAL 1\nENDHDR\n",
                "P6\f60 40\f255\n",
                "P5\u000B60\u000B40\u000B255\n"
            })
    void measuresPnm(String header) throws IOException {
        assertMeasured(concat(ascii(header), new byte[300]), 60, 40, "pnm");
    }

    static IntStream headerLengths() {
        return IntStream.rangeClosed(16, 64);
    }

    /** OS/2 allows the second header of a bitmap to end after any field. */
    @ParameterizedTest
    @MethodSource("headerLengths")
    void measuresBmpHeadersOfAnyLength(int length) throws IOException {
        byte[] bmp = bmp(length, 60, 40);

        assertMeasured(bmp, 60, 40, "bmp");
        assertMeasured(bmp(length, 60, -40), 60, 40, "bmp");
        assertThat(reasonOf(bmp(length, -60, 40))).isEqualTo(INVALID_DIMENSIONS);
        assertThat(reasonOf(bmp(length, 60, 0))).isEqualTo(INVALID_DIMENSIONS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 11, 13, 15, 65, 107, 109, 125, 0x6E656874})
    void rejectsBmpHeadersOfOtherLengths(int length) {
        assertThat(reasonOf(bmp(length, 60, 40))).isEqualTo(NOT_AN_IMAGE);
    }

    private static byte[] bmp(int headerLength, int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(300).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("BM")).position(14);
        file.putInt(headerLength)
                .putInt(width)
                .putInt(height)
                .putShort((short) 1)
                .putShort((short) 24);
        return file.array();
    }

    private static byte[] bitmapArray(byte[] first, byte[] second) {
        ByteBuffer header = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("BA"))
                .putInt(40)
                .putInt(14 + first.length)
                .putShort((short) 640)
                .putShort((short) 480);
        return concat(header.array(), first, header.array(), second);
    }

    @Test
    void measuresTheFirstBitmapOfAnArray() throws IOException {
        byte[] core = bmp(12, 0, 0);
        ByteBuffer.wrap(core)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(18, (short) 60)
                .putShort(20, (short) 40);

        assertMeasured(bitmapArray(core, bmp(40, 600, 400)), 60, 40, "bmp");
        assertMeasured(bitmapArray(bmp(64, 60, 40), core), 60, 40, "bmp");
    }

    @ParameterizedTest
    @CsvSource({"CI, OS/2 icon", "IC, OS/2 icon", "CP, OS/2 pointer", "PT, OS/2 pointer"})
    void namesIconsInABitmapArray(String signature, String name) {
        byte[] icon = bmp(12, 60, 40);
        System.arraycopy(ascii(signature), 0, icon, 0, 2);
        UnreadableImageException failure = catchThrowableOfType(
                UnreadableImageException.class, () -> reader.readWhole(FileSource.of(bitmapArray(icon, icon)), buffer));

        assertThat(failure.clause()).isEqualTo(name + " is not supported");
        assertThat(failure.reason()).isEqualTo(UNSUPPORTED_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 61, 62, 100, 4000})
    void measuresAJpegWithZerosBetweenItsSegments(int zeros) throws IOException {
        SamplePhoto photo = SamplePhoto.at("jpeg/baseline.jpg");
        byte[] jpeg = photo.bytes();
        byte[] fill = new byte[zeros];
        byte[] file = Arrays.copyOf(jpeg, 2);
        int at = 2;
        while (jpeg[at + 1] != (byte) 0xDA) {
            int end = at + 2 + ByteBuffer.wrap(jpeg).getShort(at + 2);
            file = concat(file, fill, Arrays.copyOfRange(jpeg, at, end));
            at = end;
        }
        file = concat(file, fill, Arrays.copyOfRange(jpeg, at, jpeg.length));

        assertMeasured(file, photo.width(), photo.height(), "jpeg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "0000FF", "00FF00", "00FF44"})
    void rejectsTheStartOfAJpegWithoutAMarker(String hex) {
        byte[] file = new byte[6000];
        ByteBuffer.wrap(file)
                .put((byte) 0xFF)
                .put((byte) 0xD8)
                .put(HexFormat.of().parseHex(hex));

        assertThat(reasonOf(file)).isEqualTo(NOT_AN_IMAGE);
    }

    @Test
    void rejectsAJpegWithoutHeightThatEndsBeforeItsFirstScan() {
        byte[] file = HexFormat.of().parseHex("FFD8FFC0000B080000003C01011100FFD9");

        assertThat(reasonOf(file)).isEqualTo(INVALID_DIMENSIONS);
        assertThat(reasonOf(new FileSource(file, 1, file.length))).isEqualTo(INVALID_DIMENSIONS);
    }

    /** The field of the colour map has no meaning if there is none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tga/uncompressed.tga",
                "tga/rle.tga",
                "tga/gray.tga",
                "tga/uncompressed-with-footer.tga",
                "tga/footer-rle.tga"
            })
    void measuresATgaWithBytesForNoColourMap(String path) throws IOException {
        SamplePhoto photo = SamplePhoto.at(path);
        byte[] file = photo.bytes();
        file[4] = 1;
        file[6] = 1;
        file[7] = 24;

        assertMeasured(file, photo.width(), photo.height(), "tga");
    }

    @Test
    void measuresATgaWithAnEmptyColourMap() throws IOException {
        byte[] file = SamplePhoto.at("tga/uncompressed.tga").bytes();
        file[1] = 1;

        assertMeasured(file, 31, 19, "tga");
    }

    private static byte[] box(String type, byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .putInt(8 + content.length)
                .put(ascii(type))
                .put(content)
                .array();
    }

    private static byte[] wideBox(String type, byte[] content) {
        return ByteBuffer.allocate(16 + content.length)
                .putInt(1)
                .put(ascii(type))
                .putLong(16 + content.length)
                .put(content)
                .array();
    }

    @ParameterizedTest
    @CsvSource({"heic/still.heic, heic, 130, 86", "avif/still.avif, avif, 111, 73"})
    void findsTheBrandOfAWideBoxAndBehindManyOthers(String path, String format, int width, int height)
            throws IOException {
        byte[] photo = SamplePhoto.at(path).bytes();
        byte[] rest = Arrays.copyOfRange(photo, ByteBuffer.wrap(photo).getInt(0), photo.length);
        byte[] brands = ascii(format + "\0\0\0\0mif1");

        assertMeasured(concat(wideBox("ftyp", brands), rest), width, height, format);
        for (int others : new int[] {13, 14, 200}) {
            byte[] many = ascii("MiHE\0\0\0\0" + "MiHB".repeat(others) + format);
            assertMeasured(concat(box("ftyp", many), rest), width, height, format);
            assertMeasured(concat(wideBox("ftyp", many), rest), width, height, format);
        }
    }

    @Test
    void namesARawPhotoWithAWideBox() {
        byte[] file = concat(wideBox("ftyp", ascii("crx \0\0\0\1isom")), new byte[300]);
        UnreadableImageException failure = catchThrowableOfType(
                UnreadableImageException.class, () -> reader.readWhole(FileSource.of(file), buffer));

        assertThat(failure.clause()).isEqualTo("CR3 is not supported");
    }

    /** Behind the box, other bytes may resemble a brand. */
    @Test
    void searchesBrandsOnlyInTheirBox() {
        byte[] file = concat(box("ftyp", ascii("isom\0\0\2\0mp42")), ascii("heicheic".repeat(50)));

        assertThat(reasonOf(file)).isEqualTo(UNSUPPORTED_FORMAT);
    }
}
