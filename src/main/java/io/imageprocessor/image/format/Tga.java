package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads Truevision TGA by its specification, version 2.0. The format has no signature at its beginning, so all fields
 * of the header must be valid. The library reader first searches a footer at the end of the file.
 */
final class Tga {

    private static final int HEADER_LENGTH = 18;
    private static final int BEFORE_SIZE = 12;

    private Tga() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        file.skip(BEFORE_SIZE);
        return ImageHeader.of(file.readUnsignedShort(), file.readUnsignedShort());
    }

    /** Returns whether the header can be that of a TGA. */
    static boolean isHeader(Signature start) {
        if (start.length() < HEADER_LENGTH) {
            return false;
        }
        int colorMap = start.byteAt(1);
        int type = start.byteAt(2);
        int pixelDepth = start.byteAt(16);
        boolean mapped = type == 1 || type == 9;
        boolean trueColor = type == 2 || type == 10;
        boolean gray = type == 3 || type == 11;
        return (mapped || trueColor || gray)
                && (colorMap == 1 ? isDepth(start.byteAt(7)) : colorMap == 0 && !mapped && start.is(3, "\0\0\0\0\0"))
                && (trueColor ? isDepth(pixelDepth) : pixelDepth == 8 || pixelDepth == 16)
                && (start.byteAt(17) & 0xC0) == 0;
    }

    private static boolean isDepth(int bits) {
        return bits == 15 || bits == 16 || bits == 24 || bits == 32;
    }
}
