package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads GIF by the GIF89a specification. The dimensions are those of the logical screen, which is the canvas that
 * viewers show.
 *
 * <p>The reader of ImageIO returns the dimensions of the first frame, which may be any part of the canvas.
 */
final class Gif {

    private static final int SIGNATURE_LENGTH = 6;
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;
    private static final int TRAILER = 0x3B;

    private Gif() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        file.skip(SIGNATURE_LENGTH);
        int width = file.readUnsignedShort();
        int height = file.readUnsignedShort();
        return new ImageHeader(width, height, Gif::reachEnd);
    }

    private static void reachEnd(BoundedReader file) throws IOException {
        int screen = file.readUnsignedByte();
        file.skip(2L + colorTableLength(screen));
        while (true) {
            switch (file.readUnsignedByte()) {
                case EXTENSION -> {
                    file.skip(1);
                    skipBlocks(file);
                }
                case IMAGE -> {
                    file.skip(8);
                    int image = file.readUnsignedByte();
                    file.skip(colorTableLength(image) + 1L);
                    skipBlocks(file);
                }
                case TRAILER -> {
                    return;
                }
                default -> {
                    // Decoders differ in how they treat an unknown block, so the image counts as complete.
                    return;
                }
            }
        }
    }

    private static void skipBlocks(BoundedReader file) throws IOException {
        for (int length = file.readUnsignedByte(); length > 0; length = file.readUnsignedByte()) {
            file.skip(length);
        }
    }

    private static int colorTableLength(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }
}
