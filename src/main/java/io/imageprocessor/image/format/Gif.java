package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * GIF, going by the GIF89a specification: the size is that of the logical screen, since that is the canvas viewers
 * show. ImageIO's reader tells the first frame's, which may be any part of it.
 */
final class Gif {

    private static final int SIGNATURE_LENGTH = 6;
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;
    private static final int TRAILER = 0x3B;

    private Gif() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.order(ByteOrder.LITTLE_ENDIAN);
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
                    // No decoder agrees with another on what follows here.
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
