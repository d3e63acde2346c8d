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
    private static final int ANIMATION_FRAME = fourCharacters("ANMF");
    private static final int CHUNK_HEADER_LENGTH = 8;
    private static final int ANIMATION_FRAME_HEADER_LENGTH = 16;

    /** The header of a chunk, and of a lossy or lossless frame in it. */
    private static final int FRAME_START_LENGTH = CHUNK_HEADER_LENGTH + 10;

    /** The bytes in which the first frame is looked for before the dimensions are returned. */
    private static final int HEADER_LENGTH = 48 * 1024;

    /** The bytes 9D 01 2A, which follow the frame tag of a key frame. */
    private static final int KEY_FRAME_START = 0x2A019D;

    private static final int LOSSLESS_SIGNATURE = 0x2F;

    private WebP() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        file.skip(4);
        long length = file.readUnsignedInt();
        long end = file.position() + length;
        file.skip(4);
        int chunk = (int) file.readUnsignedInt();
        long chunkLength = file.readUnsignedInt();
        ImageHeader.Ending ending = toEnd -> toEnd.skip(Math.max(0, end - toEnd.position()));
        if (chunk == LOSSY) {
            return lossy(file, ending);
        }
        if (chunk == LOSSLESS) {
            return lossless(file, ending);
        }
        if (chunk == EXTENDED) {
            long chunks = file.position() + chunkLength;
            file.skip(4);
            long width = 1L + readThreeBytes(file);
            long height = 1L + readThreeBytes(file);
            long next = checkFirstFrame(file, chunks, end, true);
            return new ImageHeader(width, height, toEnd -> {
                checkFirstFrame(toEnd, next, end, false);
                ending.reach(toEnd);
            });
        }
        throw UnreadableImageException.damaged();
    }

    /**
     * Checks the first frame of an extended image, which follows any number of other chunks. The chunks of a frame of
     * an animation follow the header of that frame.
     *
     * @param first the position of the first chunk to look at
     * @param end the position of the end of the image
     * @param ahead whether to stop without a failure after {@link #HEADER_LENGTH}, or where the file ends
     * @return the position of the next chunk to look at, or {@code end} if none is left
     */
    private static long checkFirstFrame(BoundedReader file, long first, long end, boolean ahead) throws IOException {
        long next = first;
        while (next >= file.position() && next + CHUNK_HEADER_LENGTH <= end) {
            if (ahead && !isBuffered(file, next + FRAME_START_LENGTH)) {
                return next;
            }
            file.skip(next - file.position());
            int chunk = (int) file.readUnsignedInt();
            long length = file.readUnsignedInt();
            if (chunk == LOSSY) {
                lossy(file, ImageHeader.Ending.UNKNOWN);
                return end;
            }
            if (chunk == LOSSLESS) {
                lossless(file, ImageHeader.Ending.UNKNOWN);
                return end;
            }
            next = file.position() + (chunk == ANIMATION_FRAME ? ANIMATION_FRAME_HEADER_LENGTH : length + (length & 1));
        }
        return end;
    }

    private static boolean isBuffered(BoundedReader file, long end) throws IOException {
        int needed = (int) Math.min(HEADER_LENGTH, end - file.position());
        return end <= HEADER_LENGTH && file.peek(needed) == needed;
    }

    /**
     * Reads three bytes of frame tag, three of start code, and the dimensions. Their upper two bits are a hint for
     * scaling. Only a key frame has dimensions; the lowest bit of its tag is 0.
     */
    private static ImageHeader lossy(BoundedReader file, ImageHeader.Ending ending) throws IOException {
        int tag = readThreeBytes(file);
        if ((tag & 1) != 0 || readThreeBytes(file) != KEY_FRAME_START) {
            throw UnreadableImageException.damaged();
        }
        return new ImageHeader(file.readUnsignedShort() & 0x3FFF, file.readUnsignedShort() & 0x3FFF, ending);
    }

    /** Reads the dimensions, less one, in 14 bits each; a bit for alpha; and the version in three bits, always 0. */
    private static ImageHeader lossless(BoundedReader file, ImageHeader.Ending ending) throws IOException {
        boolean signed = file.readUnsignedByte() == LOSSLESS_SIGNATURE;
        long bits = file.readUnsignedInt();
        if (!signed || bits >> 29 != 0) {
            throw UnreadableImageException.damaged();
        }
        return new ImageHeader(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), ending);
    }

    private static int readThreeBytes(BoundedReader file) throws IOException {
        return file.readUnsignedShort() | file.readUnsignedByte() << 16;
    }

    private static int fourCharacters(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }
}
