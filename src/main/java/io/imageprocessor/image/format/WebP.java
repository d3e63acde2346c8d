package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads WebP by RFC 9649 and, for lossy images, RFC 6386. The dimensions are in the first chunk; for an animation they
 * are those of the canvas. The library reader returns the dimensions of the first frame, and reads a colour profile of
 * any length before that.
 */
final class WebP {

    private static final int LOSSY = fourCharacters("VP8 ");
    private static final int LOSSLESS = fourCharacters("VP8L");
    private static final int EXTENDED = fourCharacters("VP8X");
    private static final int LOSSLESS_SIGNATURE = 0x2F;

    private WebP() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        file.skip(4);
        long length = file.readUnsignedInt();
        long end = file.position() + length;
        file.skip(4);
        int chunk = (int) file.readUnsignedInt();
        file.skip(4);
        ImageHeader.Ending ending = toEnd -> toEnd.skip(Math.max(0, end - toEnd.position()));
        if (chunk == LOSSY) {
            return lossy(file, ending);
        }
        if (chunk == LOSSLESS) {
            return lossless(file, ending);
        }
        if (chunk == EXTENDED) {
            file.skip(4);
            return new ImageHeader(1L + readThreeBytes(file), 1L + readThreeBytes(file), ending);
        }
        throw UnreadableImageException.damaged();
    }

    /**
     * Reads three bytes of frame tag, three of start code, and the dimensions. Their upper two bits are a hint for
     * scaling.
     */
    private static ImageHeader lossy(BoundedReader file, ImageHeader.Ending ending) throws IOException {
        file.skip(6);
        return new ImageHeader(file.readUnsignedShort() & 0x3FFF, file.readUnsignedShort() & 0x3FFF, ending);
    }

    private static ImageHeader lossless(BoundedReader file, ImageHeader.Ending ending) throws IOException {
        if (file.readUnsignedByte() != LOSSLESS_SIGNATURE) {
            throw UnreadableImageException.damaged();
        }
        long bits = file.readUnsignedInt();
        return new ImageHeader(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), ending);
    }

    private static int readThreeBytes(BoundedReader file) throws IOException {
        return file.readUnsignedShort() | file.readUnsignedByte() << 16;
    }

    private static int fourCharacters(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }
}
