package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.INVALID_DIMENSIONS;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.UNSUPPORTED_FORMAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEIF files with very many items and properties. */
class HeifItemsTest {

    private static final long MOST_ALLOCATED = 512 * 1024;

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    private static byte[] box(String type, byte[]... content) {
        int length = 8;
        for (byte[] part : content) {
            length += part.length;
        }
        ByteBuffer box = ByteBuffer.allocate(length).putInt(length).put(type.getBytes(StandardCharsets.ISO_8859_1));
        for (byte[] part : content) {
            box.put(part);
        }
        return box.array();
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] pitm(int item) {
        return box("pitm", ints(0x01000000, item));
    }

    /** Creates the properties 1 to {@code count}, of 100x50, 101x51 and so on. */
    private static byte[] ipco(int count) {
        ByteBuffer content = ByteBuffer.allocate(20 * count);
        for (int i = 0; i < count; i++) {
            content.put(box("ispe", ints(0, 100 + i, 50 + i)));
        }
        return box("ipco", content.array());
    }

    /** Creates associations of the items 1 to {@code count} with one property each. */
    private static byte[] ipma(int count, IntUnaryOperator item, IntUnaryOperator property) {
        ByteBuffer content =
                ByteBuffer.allocate(8 + 7 * count).putInt(0x01000001).putInt(count);
        for (int i = 1; i <= count; i++) {
            content.putInt(item.applyAsInt(i)).put((byte) 1).putShort((short) property.applyAsInt(i));
        }
        return box("ipma", content.array());
    }

    private static byte[] file(byte[]... boxesOfMeta) {
        byte[][] content = new byte[boxesOfMeta.length + 1][];
        content[0] = new byte[4];
        System.arraycopy(boxesOfMeta, 0, content, 1, boxesOfMeta.length);
        byte[] brands = box("ftyp", "heic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1));
        byte[] meta = box("meta", content);
        return ByteBuffer.allocate(brands.length + meta.length + 100)
                .put(brands)
                .put(meta)
                .putInt(100)
                .put("mdat".getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private void assertMeasured(byte[] file, int width, int height) throws IOException {
        ImageDimensions expected = new ImageDimensions(width, height, "heic");
        for (int atOnce : new int[] {1000, Integer.MAX_VALUE}) {
            assertThat(reader.readWhole(new FileSource(file, atOnce, -1), buffer))
                    .isEqualTo(expected);
            assertThat(reader.readHeader(new FileSource(file, atOnce, file.length), buffer))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"300, 1", "300, 300", "300, 123", "32767, 32767", "32767, 257"})
    void measuresThePrimaryOfManyPicturesWithASizeEach(int pictures, int primary) throws IOException {
        byte[] properties = box("iprp", ipco(pictures), ipma(pictures, i -> i, i -> i));

        assertMeasured(file(pitm(primary), properties), 99 + primary, 49 + primary);
    }

    @ParameterizedTest
    @CsvSource({"300, 1", "300, 300", "8000, 4000"})
    void measuresThePrimaryThatIsNamedAfterManyPictures(int pictures, int primary) throws IOException {
        byte[] properties = box("iprp", ipco(pictures), ipma(pictures, i -> i, i -> i));

        assertMeasured(file(properties, pitm(primary)), 99 + primary, 49 + primary);
    }

    /** The tiles have the first property, and the grid, which is the last item, has the second. */
    @ParameterizedTest
    @ValueSource(ints = {48, 255, 576, 65_000})
    void measuresAGridThatIsNamedAfterItsTiles(int tiles) throws IOException {
        byte[] properties = box("iprp", ipco(2), ipma(tiles + 1, i -> i, i -> i <= tiles ? 1 : 2));

        assertMeasured(file(properties, pitm(tiles + 1)), 101, 51);
    }

    /** Several grids of one file, such as a burst: ranges of tiles and of grids alternate. */
    @Test
    void measuresOneOfSeveralGrids() throws IOException {
        byte[] properties = box("iprp", ipco(600), ipma(12_000, i -> i, i -> i % 40 == 0 ? 2 + i / 40 : 1));

        assertMeasured(file(properties, pitm(8000)), 99 + 202, 49 + 202);
    }

    /** A property without dimensions counts as well when properties are numbered. */
    @Test
    void numbersPropertiesWithoutDimensionsToo() throws IOException {
        ByteBuffer colors = ByteBuffer.allocate(8 * 500);
        for (int i = 0; i < 500; i++) {
            colors.put(box("colr"));
        }
        byte[] content = ByteBuffer.allocate(8 * 500 + 20)
                .put(colors.array())
                .put(box("ispe", ints(0, 60, 40)))
                .array();
        byte[] properties = box("iprp", box("ipco", content), ipma(1, i -> i, i -> 501));

        assertMeasured(file(properties, pitm(1)), 60, 40);
    }

    @Test
    void measuresItemsWithTheLargestIdentifiers() throws IOException {
        byte[] properties = box("iprp", ipco(2), ipma(300, i -> i - 301, i -> i < 300 ? 1 : 2));

        assertMeasured(file(properties, pitm(-1)), 101, 51);
    }

    @Test
    void rejectsMoreRangesOfItemsThanItStores() {
        byte[] properties = box("iprp", ipco(2), ipma(9000, i -> 3 * i, i -> 1));

        assertThat(reasonOf(file(properties, pitm(2)))).isEqualTo(UNSUPPORTED_FORMAT);
    }

    @Test
    void limitsItsMemory() {
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        HeifSizes sizes = new HeifSizes();
        long before = memory.getCurrentThreadAllocatedBytes();
        for (int i = 1; i <= HeifSizes.MAX_PROPERTY; i++) {
            sizes.addProperty(i, i, i);
        }
        UnreadableImageException failure = catchThrowableOfType(UnreadableImageException.class, () -> {
            for (long item = 0; item < 1_000_000; item++) {
                sizes.addItem(3 * item, 1);
            }
        });

        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED);
        assertThat(failure.clause()).isEqualTo("the file has more than 8192 images");
    }

    @Test
    void rejectsAPrimaryWithoutAWidth() {
        byte[] size = box("ipco", box("ispe", ints(0, 0, 0)));

        assertThat(reasonOf(file(pitm(1), box("iprp", size, ipma(1, i -> i, i -> 1)))))
                .isEqualTo(INVALID_DIMENSIONS);
    }
}
