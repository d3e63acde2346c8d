package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.BitSet;

/**
 * Reads JPEG by ITU-T T.81. The dimensions are in the frame header, after any number of other segments; thumbnails
 * inside those segments have frame headers too.
 *
 * <p>The reader of ImageIO is native, so a read that blocks would pin the carrier of a virtual thread. It also does not
 * support lossless, arithmetic or 12-bit files.
 */
final class Jpeg {

    private static final int START_OF_IMAGE_LENGTH = 2;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int NUMBER_OF_LINES = 0xDC;

    /** ITU-T T.87 uses the segments of JPEG, and this frame for another compression. */
    private static final int START_OF_JPEG_LS_FRAME = 0xF7;

    /** Limit for the frequency of a byte value in the last bytes of coded data; on average, it is about 16. */
    private static final int MAX_FREQUENCY = BoundedReader.TAIL / 16;

    /** Minimum number of different byte values in the last bytes of coded data; on average, all 256 occur. */
    private static final int MIN_VALUES = 192;

    private Jpeg() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(START_OF_IMAGE_LENGTH);
        while (true) {
            int marker = nextMarker(file);
            if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
                throw UnreadableImageException.damaged();
            }
            if (marker == START_OF_JPEG_LS_FRAME) {
                throw UnreadableImageException.unsupportedFormat("JPEG-LS");
            }
            if (isFrame(marker)) {
                long length = segmentLength(file);
                file.skip(1);
                int height = file.readUnsignedShort();
                int width = file.readUnsignedShort();
                file.skip(Math.max(0, length - 5));
                return new ImageHeader(width, height == 0 ? linesAfterScan(file) : height, Jpeg::reachEnd);
            }
            skipSegment(marker, file);
        }
    }

    /**
     * Returns the height of an image whose frame has none: it follows the first scan. Returns 0 if it does not.
     * Scanners write such files, because they do not know the height before the end.
     */
    private static int linesAfterScan(BoundedReader file) throws IOException {
        int marker = nextMarker(file);
        while (marker != START_OF_SCAN && marker != END_OF_IMAGE) {
            skipSegment(marker, file);
            marker = nextMarker(file);
        }
        if (marker == END_OF_IMAGE) {
            return 0;
        }
        do {
            skipSegment(marker, file);
            marker = nextMarker(file);
        } while (isRestart(marker));
        if (marker != NUMBER_OF_LINES) {
            return 0;
        }
        file.skip(2);
        return file.readUnsignedShort();
    }

    /**
     * Returns the next marker. Any number of 0xFF may precede it; other bytes before it are skipped, as every decoder
     * does.
     */
    private static int nextMarker(BoundedReader file) throws IOException {
        int marker;
        do {
            while (file.readUnsignedByte() != 0xFF) {
                // Skip a stray byte.
            }
            do {
                marker = file.readUnsignedByte();
            } while (marker == 0xFF);
        } while (marker == 0);
        return marker;
    }

    private static void skipSegment(int marker, BoundedReader file) throws IOException {
        if (!standsAlone(marker)) {
            file.skip(segmentLength(file));
        }
    }

    /** Reads the length of the rest of the segment. */
    private static long segmentLength(BoundedReader file) throws IOException {
        int length = file.readUnsignedShort();
        if (length < 2) {
            throw UnreadableImageException.damaged();
        }
        return length - 2L;
    }

    /** Returns whether the marker has no segment: TEM, the restart markers and SOI. */
    private static boolean standsAlone(int marker) {
        return marker == 0x01 || isRestart(marker) || marker == 0xD8;
    }

    private static boolean isRestart(int marker) {
        return marker >= 0xD0 && marker <= 0xD7;
    }

    /**
     * Returns whether the marker is SOF0 to SOF15. Three markers of that range are not: Huffman tables, an extension,
     * arithmetic conditioning.
     */
    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /**
     * Searches the end marker only in the last bytes of the file. A search through all bytes would cost more CPU than
     * the download.
     *
     * <p>Anything may follow the image: another image, a video, a mask, a maker's notes, padding. So the file counts as
     * truncated only if all of its coded data is in the last bytes, without an end marker, or if the last bytes are
     * clearly coded data.
     */
    private static void reachEnd(BoundedReader file) throws IOException {
        for (int marker = nextMarker(file); marker != START_OF_SCAN; marker = nextMarker(file)) {
            if (marker == END_OF_IMAGE) {
                return;
            }
            skipSegment(marker, file);
        }
        long codedData = file.position();
        file.skipToEnd();
        boolean truncated =
                codedData >= file.earliest() ? !hasEnd(file, (int) (file.position() - codedData)) : isCodedData(file);
        if (truncated) {
            throw UnreadableImageException.truncated();
        }
    }

    /** Returns whether the last {@code length} bytes have an end marker, or another marker that ends coded data. */
    private static boolean hasEnd(BoundedReader file, int length) {
        for (int i = 2; i <= length; i++) {
            if (file.before(i) == 0xFF) {
                int code = file.before(i - 1);
                if (code != 0xFF && !isInsideImage(code)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Returns whether the last bytes of the file are clearly coded data: most byte values occur, each 0xFF is followed
     * by a byte that is legal there, at least one exists, and neither 0xFF nor 0 is frequent. In masks, opaque pixels
     * and small integers they are.
     */
    private static boolean isCodedData(BoundedReader file) {
        BitSet values = new BitSet(256);
        int full = 0;
        int zeros = 0;
        for (int i = 2; i <= BoundedReader.TAIL; i++) {
            int value = file.before(i);
            if (value == 0xFF && !isInsideImage(file.before(i - 1))) {
                return false;
            }
            values.set(value);
            full += value == 0xFF ? 1 : 0;
            zeros += value == 0 ? 1 : 0;
        }
        // Each 0xFF of the coded values is followed by a zero.
        return full > 0 && full < MAX_FREQUENCY && zeros < MAX_FREQUENCY + full && values.cardinality() >= MIN_VALUES;
    }

    /** Returns whether {@code code} can follow a 0xFF in coded data or between the scans of a progressive image. */
    private static boolean isInsideImage(int code) {
        return switch (code) {
            case 0, START_OF_SCAN, 0xC4, 0xCC, 0xDB, NUMBER_OF_LINES, 0xDD, 0xFE -> true;
            default -> isRestart(code);
        };
    }
}
