package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.Failures.reasonOf;
import static io.imageprocessor.image.format.TiffFile.LONG;
import static io.imageprocessor.image.format.TiffFile.SHORT;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.TRUNCATED;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.UNSUPPORTED_FORMAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw photos and other TIFF files whose first directory is a thumbnail. */
class RawPhotosTest {

    private static final int THUMBNAIL = 1;
    private static final ImageDimensions PHOTO = new ImageDimensions(4608, 3072, "tiff");

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    static Stream<TiffFile> files() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                .flatMap(order -> Stream.of(TiffFile.classic(order), TiffFile.big(order)));
    }

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    private void assertMeasured(byte[] file) throws IOException {
        for (int atOnce : new int[] {1, 1000, Integer.MAX_VALUE}) {
            assertThat(reader.readWhole(new FileSource(file, atOnce, file.length), buffer))
                    .isEqualTo(PHOTO);
            assertThat(reader.readHeader(new FileSource(file, atOnce, -1), buffer))
                    .isEqualTo(PHOTO);
        }
    }

    private static TiffFile.Directory thumbnail(TiffFile file) {
        return file.directory().with(254, LONG, THUMBNAIL).size(160, 120).with(271, LONG, 0);
    }

    private static TiffFile.Directory photo(TiffFile file) {
        return file.directory().with(254, LONG, 0).size(4608, 3072);
    }

    /** NEF: a list of two subdirectories, first a preview without a size. */
    @ParameterizedTest
    @MethodSource("files")
    void measuresThePhotoInASubdirectory(TiffFile file) throws IOException {
        thumbnail(file).subDirectories(1, 2);
        file.directory().with(254, LONG, THUMBNAIL).with(513, LONG, 1000);
        assertMeasured(photo(file).after(70_000).bytes());
    }

    /** DNG: the photo is the only subdirectory, or the first of several with previews and masks. */
    @ParameterizedTest
    @MethodSource("files")
    void measuresThePhotoBesidePreviewsAndMasks(TiffFile file) throws IOException {
        thumbnail(file).subDirectories(2, 1, 3);
        file.directory().with(254, LONG, 4).size(5000, 4000).after(40_000);
        file.directory().with(254, LONG, 0).size(5000, 4000);
        file.directory().with(254, LONG, 65537).size(1024, 683);
        byte[] dng = file.bytes();

        assertThat(reader.readWhole(FileSource.of(dng), buffer)).isEqualTo(new ImageDimensions(5000, 4000, "tiff"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void measuresThePhotoInTheOnlySubdirectory(TiffFile file) throws IOException {
        thumbnail(file).subDirectories(1);
        assertMeasured(photo(file).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void measuresThePhotoInALaterDirectory(TiffFile file) throws IOException {
        thumbnail(file).next(1);
        file.directory().with(254, LONG, THUMBNAIL).size(640, 480).next(2);
        assertMeasured(photo(file).bytes());
    }

    /** The later directory does not state what it is, but is larger than every thumbnail. */
    @ParameterizedTest
    @MethodSource("files")
    void measuresALargerImageThatStatesNothing(TiffFile file) throws IOException {
        thumbnail(file).next(1);
        file.directory().size(80, 60).next(2);
        assertMeasured(file.directory().size(4608, 3072).bytes());
    }

    /** CR2: the first directory is a copy that states nothing, and only the Exif data has the photo's size. */
    @ParameterizedTest
    @MethodSource("orders")
    void measuresTheExifSizeOfACanonRaw(ByteOrder order) throws IOException {
        TiffFile file = TiffFile.signed(order, "CR\u0002\0\0\0\0\0");
        file.directory().size(1536, 1024).with(271, LONG, 0).exif(1).next(2);
        file.directory().with(40962, SHORT, 4608).with(40963, SHORT, 3072);
        file.directory().with(513, LONG, 1000).next(3);
        file.directory().size(384, 256).next(4);
        assertMeasured(file.directory().with(259, LONG, 6).bytes());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void measuresACanonRawWhoseFirstDirectoryIsAThumbnail(ByteOrder order) throws IOException {
        TiffFile file = TiffFile.signed(order, "CR\u0002\0\0\0\0\0");
        thumbnail(file).next(1);
        file.directory().with(513, LONG, 1000).next(2);
        assertMeasured(photo(file).bytes());
    }

    /** IIQ: one directory with a thumbnail, and Exif data. */
    @ParameterizedTest
    @MethodSource("orders")
    void measuresTheExifSizeIfThereIsOnlyAThumbnail(ByteOrder order) throws IOException {
        TiffFile file = TiffFile.signed(order, "IIIITwaR");
        thumbnail(file).exif(1);
        assertMeasured(
                file.directory().with(40962, LONG, 4608).with(40963, LONG, 3072).bytes());
    }

    /** Before TIFF 6.0, another tag with other values stated that an image is reduced. */
    @ParameterizedTest
    @MethodSource("files")
    void obeysTheOldSubfileType(TiffFile file) throws IOException {
        file.directory().with(255, SHORT, 2).size(160, 120).next(1);
        assertMeasured(file.directory().with(255, SHORT, 1).size(4608, 3072).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void skipsAMask(TiffFile file) throws IOException {
        file.directory().with(254, LONG, 4).size(4608, 3072).next(1);
        assertMeasured(photo(file).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void continuesAfterADirectoryWithoutASize(TiffFile file) throws IOException {
        file.directory().with(271, LONG, 0).subDirectories(1);
        assertMeasured(photo(file).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void findsATypeThatIsStatedAfterTheSize(TiffFile file) throws IOException {
        file.directory().size(160, 120).with(254, LONG, THUMBNAIL).next(1);
        assertMeasured(photo(file).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void measuresAnImageThatIsAlone(TiffFile file) throws IOException {
        assertMeasured(
                file.directory().with(254, LONG, THUMBNAIL).size(4608, 3072).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void neverReturnsAThumbnail(TiffFile file) {
        thumbnail(file).exif(1).next(2);
        file.directory().with(40962, LONG, 160).with(40963, LONG, 120);
        file.directory().size(80, 60);

        assertThat(reasonOf(file.bytes())).isEqualTo(UNSUPPORTED_FORMAT);
    }

    /** The file is read forward once, so a directory that was passed cannot be read. */
    @ParameterizedTest
    @MethodSource("files")
    void rejectsAPhotoBeforeThePointerToIt(TiffFile file) {
        file.directory().size(7, 7);
        photo(file);
        thumbnail(file).after(100_000).subDirectories(1);
        byte[] backwards = file.bytes();
        int first = backwards.length - (int) thumbnailLength(file);
        ByteBuffer view = ByteBuffer.wrap(backwards).order(orderOf(backwards));
        if (backwards[2] + backwards[3] == 43) {
            view.putLong(8, first);
        } else {
            view.putInt(4, first);
        }

        assertThat(reasonOf(backwards)).isEqualTo(UNSUPPORTED_FORMAT);
        assertThat(reasonOf(new FileSource(backwards, 1000, -1))).isEqualTo(UNSUPPORTED_FORMAT);
    }

    private static long thumbnailLength(TiffFile file) {
        return file.bytes()[2] + file.bytes()[3] == 43 ? 8 + 5 * 20 + 8 : 2 + 5 * 12 + 4;
    }

    private static ByteOrder orderOf(byte[] file) {
        return file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    @ParameterizedTest
    @MethodSource("files")
    void reportsARawPhotoWithoutItsEnd(TiffFile file) {
        thumbnail(file).subDirectories(1);
        byte[] whole = photo(file).after(20_000).bytes();

        assertThat(reasonOf(Arrays.copyOf(whole, 10_000))).isEqualTo(TRUNCATED);
    }

    @ParameterizedTest
    @MethodSource("files")
    void endsWithDirectoriesThatPointToEachOther(TiffFile file) {
        thumbnail(file).next(1);
        thumbnail(file).subDirectories(0, 1).next(0);

        assertThat(reasonOf(file.bytes())).isEqualTo(UNSUPPORTED_FORMAT);
    }

    /** The second directory of Exif files has a thumbnail, and states nothing. */
    @ParameterizedTest
    @MethodSource("files")
    void prefersTheExifSizeToASmallerImageThatStatesNothing(TiffFile file) throws IOException {
        file.directory().with(271, LONG, 0).exif(2).next(1);
        file.directory().size(160, 120);
        assertMeasured(
                file.directory().with(40962, LONG, 4608).with(40963, LONG, 3072).bytes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void prefersTheExifSizeToAPreview(TiffFile file) throws IOException {
        thumbnail(file).exif(1).next(2);
        file.directory().with(40962, LONG, 4608).with(40963, LONG, 3072);
        assertMeasured(file.directory().size(1616, 1080).bytes());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void rejectsACanonRawWithoutExifSize(ByteOrder order) {
        TiffFile file = TiffFile.signed(order, "CR\u0002\0\0\0\0\0");
        file.directory().size(1536, 1024).with(271, LONG, 0).next(1);
        file.directory().size(384, 256);

        assertThat(reasonOf(file.bytes())).isEqualTo(UNSUPPORTED_FORMAT);
    }

    @ParameterizedTest
    @MethodSource("files")
    void measuresThePhotoInASubdirectoryOfAThumbnailThatStatesNothing(TiffFile file) throws IOException {
        file.directory().size(160, 120).with(271, LONG, 0).subDirectories(1);
        assertMeasured(photo(file).bytes());
    }

    /** Some software adds smaller copies as subdirectories. */
    @ParameterizedTest
    @MethodSource("files")
    void measuresAPhotoWithASmallerCopyInASubdirectory(TiffFile file) throws IOException {
        file.directory().size(4608, 3072).with(271, LONG, 0).subDirectories(1);
        assertMeasured(file.directory().with(254, LONG, 0).size(160, 120).bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9})
    void readsDimensionsOfSignedTypes(int type) throws IOException {
        TiffFile file = TiffFile.classic(ByteOrder.LITTLE_ENDIAN);
        file.directory().with(256, type, 4608).with(257, type, 3072).next(1);
        assertMeasured(file.directory().size(160, 120).bytes());
    }

    @Test
    void rejectsDimensionsThatAreNoIntegers() {
        TiffFile file = TiffFile.classic(ByteOrder.LITTLE_ENDIAN);
        file.directory().with(256, 11, 4608).with(257, 11, 3072).next(1);
        file.directory().size(160, 120);

        assertThat(reasonOf(file.bytes())).isEqualTo(NOT_AN_IMAGE);
    }

    @ParameterizedTest
    @MethodSource("files")
    void rejectsAThumbnailOfACameraThatIsAlone(TiffFile file) {
        assertThat(reasonOf(thumbnail(file).bytes())).isEqualTo(UNSUPPORTED_FORMAT);
    }

    /** The last directory ends near half of the buffer, and points back to the beginning. */
    @Test
    void goesBackFromADirectoryAtTheEndWhateverTheLength() {
        for (int length = 32_700; length < 32_900; length++) {
            ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            int directory = length - 51;
            file.putShort((short) 0x4949).putShort((short) 42).putInt(directory).position(directory);
            file.putShort((short) 4);
            int[][] fields = {{254, THUMBNAIL}, {256, 160}, {257, 120}, {330, 8}};
            for (int[] field : fields) {
                file.putShort((short) field[0]).putShort((short) LONG).putInt(1).putInt(field[1]);
            }

            assertThat(reasonOf(file.array())).as("length %d", length).isEqualTo(UNSUPPORTED_FORMAT);
        }
    }

    @Test
    void rejectsDirectoriesWithoutAnySize() {
        TiffFile file = TiffFile.classic(ByteOrder.BIG_ENDIAN);
        file.directory().with(271, LONG, 0).next(1);
        file.directory().with(271, LONG, 0);

        assertThat(reasonOf(file.bytes())).isEqualTo(NOT_AN_IMAGE);
    }
}
