package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that begin like an image of a format without a signature (WBMP, TGA, CUR, ICO), and real images of them. */
class GuessedFormatsTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    /** With a declared length and without, to the end and only until the dimensions are known. */
    private void assertNoImage(byte[] file) {
        for (int atOnce : new int[] {1000, Integer.MAX_VALUE}) {
            for (long declaredLength : new long[] {-1, file.length}) {
                assertThat(reasonOf(new FileSource(file, atOnce, declaredLength)))
                        .isEqualTo(NOT_AN_IMAGE);
                assertThat(catchThrowableOfType(
                                        UnreadableImageException.class,
                                        () -> reader.readHeader(new FileSource(file, atOnce, declaredLength), buffer))
                                .reason())
                        .isEqualTo(NOT_AN_IMAGE);
            }
        }
    }

    private static byte[] randomAfter(String hex, int length) {
        byte[] beginning = HexFormat.of().parseHex(hex);
        byte[] file = new byte[length];
        new Random(11).nextBytes(file);
        System.arraycopy(beginning, 0, file, 0, beginning.length);
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "raw H.264 with a short start code, 000001674D0028",
        "raw H.264 with a long start code, 000000016742C01E",
        "raw HEVC, 00000140010C01FF",
        "'bytes like a WBMP of 32x32', 00002020",
        "'bytes like a WBMP of 200x300', 000081488A2C",
        "head of a Lotus 1-2-3 sheet, 000002000604060008000000000005002000002F00010001",
        "head of an old Lotus sheet, 0000020004040600080000000000000000000000",
        "bytes like a cursor of one image, 000002000100",
        "bytes like a cursor of one image in the buffer, 00000200010020200000000000000010000016000000",
        "bytes like an icon of one image, 000001000100",
        "bytes like an icon of one image in the buffer, 00000100010020200000010020000010000016000000",
        "numbers like a TGA, 000002000000000000000000200020001800",
        "numbers like a gray TGA, 000003000000000000000000100127000800",
        "numbers like a compressed TGA, 00000A000000000000000000200020001800",
        "numbers like a TGA with a colour map, 000101000010001800000000200020000800"
    })
    void takesNothingForAnImageByChance(String what, String beginning) {
        for (int length : new int[] {700, 20_000, 200_000}) {
            assertNoImage(randomAfter(beginning, length));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "P2 100 200 flats in town",
                "P6 12 34",
                "P3 4 5 0 ",
                "P5 7 9 70000 ",
                "P1 100 200 flats",
                "P1 3 4 5 rooms",
                "P3 4 5 9 x",
                "P2 1 2 5 flats"
            })
    void takesNoTextForAPnm(String text) {
        byte[] file = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), text.length() + 300);
        Arrays.fill(file, text.length(), file.length, (byte) '.');

        assertNoImage(file);
    }

    @Test
    void rejectsAWbmpOfAnotherLength() {
        byte[] wbmp = SamplePhoto.at("wbmp/lengths-of-two-bytes.wbmp").bytes();

        assertNoImage(Arrays.copyOf(wbmp, wbmp.length - 1));
        assertNoImage(Arrays.copyOf(wbmp, wbmp.length + 1));
    }

    @Test
    void measuresAWbmpLargerThanTheBuffer() throws IOException {
        byte[] wbmp = new byte[6 + 250 * 3000];
        ByteBuffer.wrap(wbmp).put(HexFormat.of().parseHex("00008F509738"));

        assertMeasured(wbmp, new ImageDimensions(2000, 3000, "wbmp"));
    }

    private void assertMeasured(byte[] file, ImageDimensions expected) throws IOException {
        for (long declaredLength : new long[] {-1, file.length}) {
            FileSource whole = new FileSource(file, 1000, declaredLength);
            assertThat(reader.readWhole(whole, buffer)).isEqualTo(expected);
            assertThat(reader.readHeader(new FileSource(file, 1000, declaredLength), buffer))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tga/uncompressed.tga", "tga/rle.tga", "tga/gray.tga", "tga/colour-mapped.tga"})
    void measuresATgaWithPadding(String path) throws IOException {
        SamplePhoto photo = SamplePhoto.at(path);
        byte[] file = photo.bytes();

        assertMeasured(Arrays.copyOf(file, (file.length / 512 + 1) * 512), photo.dimensions());
        assertNoImage(Arrays.copyOf(file, file.length + 5000));
        assertNoImage(Arrays.copyOf(file, file.length - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tga/uncompressed-with-footer.tga", "tga/footer-rle.tga"})
    void measuresATgaWithAnyAreaBeforeItsFooter(String path) throws IOException {
        SamplePhoto photo = SamplePhoto.at(path);
        byte[] file = photo.bytes();
        byte[] longer = Arrays.copyOf(file, file.length + 20_000);
        System.arraycopy(file, file.length - 26, longer, longer.length - 26, 26);

        assertMeasured(longer, photo.dimensions());
    }

    @Test
    void readsNoMoreOfATgaThanItsHeaderIfItsLengthFits() throws IOException {
        byte[] file = new byte[18 + 300 * 200 * 3];
        ByteBuffer.wrap(file).put(HexFormat.of().parseHex("0000020000000000000000002C01C8001800"));
        FileSource source = new FileSource(file, 100, file.length);

        assertThat(reader.readHeader(source, buffer)).isEqualTo(new ImageDimensions(300, 200, "tga"));

        assertThat(source.position()).isLessThan(5000);
    }

    @Test
    void reportsAnIconWithoutItsEnd() {
        byte[] icon = SamplePhoto.at("ico/largest-second.ico").bytes();

        assertThat(reasonOf(Arrays.copyOf(icon, 40))).isEqualTo(TRUNCATED);
        assertThat(reasonOf(Arrays.copyOf(icon, 10))).isEqualTo(NOT_AN_IMAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void measuresAnIconWhoseFirstEntryIsBeyondTheBuffer(int type) throws IOException {
        ByteBuffer icon = directoryOfTwo(type);
        entry(icon, 16, 1128, 270_422);
        entry(icon, 0, 270_384, 38);

        assertMeasured(withBitmap(icon, 38), new ImageDimensions(256, 256, type == 1 ? "ico" : "cur"));
    }

    @Test
    void measuresAnIconWhoseSecondImageIsBeyondTheBuffer() throws IOException {
        ByteBuffer icon = directoryOfTwo(1);
        entry(icon, 0, 100_000, 38);
        entry(icon, 32, 2000, 100_038);

        assertMeasured(withBitmap(icon, 38), new ImageDimensions(256, 256, "ico"));
    }

    private static ByteBuffer directoryOfTwo(int type) {
        return ByteBuffer.allocate(280_000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0)
                .putShort((short) type)
                .putShort((short) 2);
    }

    /** @param size width and height; 0 means 256 */
    private static void entry(ByteBuffer icon, int size, int length, int position) {
        icon.putInt(size << 8 | size)
                .putShort((short) 1)
                .putShort((short) 32)
                .putInt(length)
                .putInt(position);
    }

    private static byte[] withBitmap(ByteBuffer icon, int position) {
        icon.position(position).putInt(40).putInt(256).putInt(512).putShort((short) 1);
        byte[] bytes = new byte[icon.capacity()];
        icon.get(0, bytes);
        return bytes;
    }
}
