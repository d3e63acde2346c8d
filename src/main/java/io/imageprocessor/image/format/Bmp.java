package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads BMP by the documentation of Windows GDI and OS/2. Of an OS/2 bitmap array, which has the same picture for
 * several displays, the first bitmap counts.
 *
 * <p>The library reader knows only the usual lengths of the second header. OS/2 defines that it may end after any
 * field.
 */
final class Bmp {

    private static final int FILE_HEADER_LENGTH = 14;

    /** The length of the header of a bitmap array, which precedes the first bitmap. */
    private static final int ARRAY_HEADER_LENGTH = 14;

    /** The second header of Windows 2 and OS/2 1.x, with dimensions of 16 bits. */
    private static final int CORE_HEADER_LENGTH = 12;

    private static final int MIN_OS2_HEADER_LENGTH = 16;
    private static final int MAX_OS2_HEADER_LENGTH = 64;
    private static final int VERSION_4_HEADER_LENGTH = 108;
    private static final int VERSION_5_HEADER_LENGTH = 124;

    private Bmp() {}

    /** Returns whether the file begins with the headers of a bitmap. */
    static boolean isHeader(Signature start) {
        int bitmap = start.is("BA") ? ARRAY_HEADER_LENGTH : 0;
        return start.is(bitmap, "BM")
                && start.length() >= bitmap + FILE_HEADER_LENGTH + 4
                // Many texts begin with the two letters of the signature.
                && isHeaderLength(Integer.reverseBytes(start.intAt(bitmap + FILE_HEADER_LENGTH)));
    }

    private static boolean isHeaderLength(int length) {
        return length == CORE_HEADER_LENGTH
                || (length >= MIN_OS2_HEADER_LENGTH && length <= MAX_OS2_HEADER_LENGTH)
                || length == VERSION_4_HEADER_LENGTH
                || length == VERSION_5_HEADER_LENGTH;
    }

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        file.skip(1);
        boolean array = file.readUnsignedByte() == 'A';
        file.skip(FILE_HEADER_LENGTH - 2 + (array ? ARRAY_HEADER_LENGTH : 0));
        if (file.readUnsignedInt() == CORE_HEADER_LENGTH) {
            return ImageHeader.of(file.readUnsignedShort(), file.readUnsignedShort());
        }
        int width = (int) file.readUnsignedInt();
        int height = (int) file.readUnsignedInt();
        // A negative height means that the first row is the top row.
        return ImageHeader.of(width, Math.abs((long) height));
    }
}
