package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads GIF by the GIF89a specification. The dimensions are those of the logical screen, which is the canvas that
 * viewers show. If the screen has no size (0x0), they are those of the first frame, as viewers do.
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
        return width == 0 && height == 0 ? readFirstFrame(file) : new ImageHeader(width, height, Gif::reachEnd);
    }

    /** Reads the size of the first frame. Any number of extensions precede it; without a frame, there is no size. */
    private static ImageHeader readFirstFrame(BoundedReader file) throws IOException {
        skipScreen(file);
        int block = file.readUnsignedByte();
        // Some writers leave zeros between the blocks.
        while (block == EXTENSION || block == 0) {
            if (block == EXTENSION) {
                skipExtension(file);
            }
            block = file.readUnsignedByte();
        }
        if (block != IMAGE) {
            return ImageHeader.of(0, 0);
        }
        // Skip the place of the frame on the screen.
        file.skip(4);
        return new ImageHeader(file.readUnsignedShort(), file.readUnsignedShort(), Gif::reachEndFromFrame);
    }

    private static void reachEndFromFrame(BoundedReader file) throws IOException {
        skipPixels(file);
        reachTrailer(file);
    }

    private static void reachEnd(BoundedReader file) throws IOException {
        skipScreen(file);
        reachTrailer(file);
    }

    private static void reachTrailer(BoundedReader file) throws IOException {
        while (true) {
            switch (file.readUnsignedByte()) {
                case EXTENSION -> skipExtension(file);
                case IMAGE -> {
                    file.skip(8);
                    skipPixels(file);
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

    private static void skipScreen(BoundedReader file) throws IOException {
        int screen = file.readUnsignedByte();
        file.skip(2L + colorTableLength(screen));
    }

    private static void skipExtension(BoundedReader file) throws IOException {
        file.skip(1);
        skipBlocks(file);
    }

    /** Skips the rest of a frame after its place and size. */
    private static void skipPixels(BoundedReader file) throws IOException {
        int image = file.readUnsignedByte();
        file.skip(colorTableLength(image) + 1L);
        skipBlocks(file);
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
