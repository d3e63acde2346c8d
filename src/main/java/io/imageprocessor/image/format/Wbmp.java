package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Reads WBMP by the WAP specification (WAP-237, appendix A), type 0.
 *
 * <p>The format has no signature: a file begins with two zeros, and random bytes after them can be dimensions. So the
 * length of the file must be exactly that of the image. The reader of ImageIO checks that only if the length was
 * declared.
 */
final class Wbmp {

    /** The type and the fixed header. */
    private static final int BEFORE_SIZE = 2;

    /** Limit in bytes for a number of seven bits per byte; five bytes hold 32 bits. */
    private static final int MAX_NUMBER_LENGTH = 5;

    private Wbmp() {}

    /** Returns whether the header can be that of a WBMP. */
    static boolean isHeader(Signature start) {
        // The first byte of a dimension of 0 is 0; a longer notation of it is not legal.
        return start.is("\0\0") && start.length() >= 4 && start.byteAt(2) != 0;
    }

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(BEFORE_SIZE);
        long width = readNumber(file);
        long height = readNumber(file);
        long length = file.position() + (width + 7) / 8 * height;
        if (width <= 0 || height <= 0 || !file.hasLength(length)) {
            throw UnreadableImageException.notAnImage();
        }
        return ImageHeader.of(width, height);
    }

    /** Reads a number of up to 31 bits; returns -1 for other numbers. */
    private static long readNumber(BoundedReader file) throws IOException {
        long number = 0;
        for (int i = 0; i < MAX_NUMBER_LENGTH && !file.atEnd(); i++) {
            int next = file.readUnsignedByte();
            number = number << 7 | (next & 0x7F);
            if ((next & 0x80) == 0) {
                return number <= Integer.MAX_VALUE ? number : -1;
            }
        }
        return -1;
    }
}
