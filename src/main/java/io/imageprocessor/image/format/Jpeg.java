package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * JPEG, going by ITU-T T.81: the size is in the frame header, behind any number of other segments, in which thumbnails
 * have frame headers of their own. ImageIO's reader is native, knows neither lossless nor arithmetic nor 12-bit files,
 * and would pin the carrier of a thread that waits in it.
 */
final class Jpeg {

    private static final int START_OF_IMAGE_LENGTH = 2;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;

    private Jpeg() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(START_OF_IMAGE_LENGTH);
        while (true) {
            int marker = nextMarker(file);
            if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
                throw UnreadableImageException.damaged();
            }
            if (isFrame(marker)) {
                long length = segmentLength(file);
                file.skip(1);
                int height = file.readUnsignedShort();
                int width = file.readUnsignedShort();
                file.skip(Math.max(0, length - 5));
                return new ImageHeader(width, height, Jpeg::reachEnd);
            }
            skipSegment(marker, file);
        }
    }

    /** Any number of 0xFF may stand before a marker; stray bytes before that are passed over, as every decoder does. */
    private static int nextMarker(BoundedReader file) throws IOException {
        int marker;
        do {
            while (file.readUnsignedByte() != 0xFF) {
                // Stray.
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

    /** Of what follows. */
    private static long segmentLength(BoundedReader file) throws IOException {
        int length = file.readUnsignedShort();
        if (length < 2) {
            throw UnreadableImageException.damaged();
        }
        return length - 2L;
    }

    /** TEM, the restart markers and SOI have no length. */
    private static boolean standsAlone(int marker) {
        return marker == 0x01 || isRestart(marker) || marker == 0xD8;
    }

    private static boolean isRestart(int marker) {
        return marker >= 0xD0 && marker <= 0xD7;
    }

    /**
     * SOF0 to SOF15, of whose range three are something else: Huffman tables, an extension, arithmetic conditioning.
     */
    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /**
     * Looks for the end marker among the file's last bytes only, since a search through all of them would cost more
     * than the download. Where it is not there, something may follow the image (another one, a video, a maker's notes),
     * so a file is said to break off only if all of its coded data, or unmistakable coded data, is in sight.
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
        int inSight = (int) Math.min(file.position() - codedData, BoundedReader.TAIL);
        boolean coded = inSight < BoundedReader.TAIL;
        for (int i = 2; i <= inSight; i++) {
            if (file.before(i) == 0xFF) {
                int marker = file.before(i - 1);
                if (marker == END_OF_IMAGE || !isInsideAnImage(marker)) {
                    return;
                }
                coded = true;
            }
        }
        if (coded) {
            throw UnreadableImageException.truncated();
        }
    }

    /** What follows a 0xFF in coded data and between the scans of a progressive image. */
    private static boolean isInsideAnImage(int code) {
        return switch (code) {
            case 0, 0xFF, START_OF_SCAN, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xFE -> true;
            default -> isRestart(code);
        };
    }
}
