package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads TIFF 6.0 and BigTIFF. The dimensions are in the first directory, which may be anywhere in the file. Library
 * readers need the whole file for that, and allocate as much memory as other fields claim.
 */
final class Tiff {

    private static final int BIG_TIFF = 43;
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int LONG8 = 16;

    private Tiff() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(file.readUnsignedShort() == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        boolean big = file.readUnsignedShort() == BIG_TIFF;
        if (big) {
            // Skip the length of an offset, which is 8, and a zero.
            file.skip(4);
        }
        long directory = big ? file.readLong() : file.readUnsignedInt();
        if (directory < file.position()) {
            throw UnreadableImageException.damaged();
        }
        file.skip(directory - file.position());
        long fields = big ? file.readLong() : file.readUnsignedShort();
        return readDirectory(file, fields, big);
    }

    /** Reads all fields until both dimensions are found, because not every writer sorts the fields. */
    private static ImageHeader readDirectory(BoundedReader file, long fields, boolean big) throws IOException {
        long width = -1;
        long height = -1;
        // A count over Long.MAX_VALUE is negative; the file always ends before that.
        for (long i = 0; i != fields && (width < 0 || height < 0); i++) {
            int tag = file.readUnsignedShort();
            int type = file.readUnsignedShort();
            file.skip(big ? 8 : 4);
            long end = file.position() + (big ? 8 : 4);
            if (tag == WIDTH) {
                width = readValue(file, type);
            } else if (tag == HEIGHT) {
                height = readValue(file, type);
            }
            file.skip(end - file.position());
        }
        if (width < 0 || height < 0) {
            throw UnreadableImageException.damaged();
        }
        return ImageHeader.of(width, height);
    }

    private static long readValue(BoundedReader file, int type) throws IOException {
        return switch (type) {
            case BYTE -> file.readUnsignedByte();
            case SHORT -> file.readUnsignedShort();
            case LONG -> file.readUnsignedInt();
            // Every value over Long.MAX_VALUE is too large, so only 63 bits are needed.
            case LONG8 -> file.readLong() & Long.MAX_VALUE;
            default -> throw UnreadableImageException.damaged();
        };
    }
}
