package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * The types of TIFF 6.0, its supplement 1 and BigTIFF that are integers. Signed ones are read like the others: negative
 * dimensions are too large then.
 */
enum TiffType {
    BYTE(1),
    SHORT(2),
    LONG(4),
    LONG8(8),
    /** Any other type. */
    NONE(0);

    private final int length;

    TiffType(int length) {
        this.length = length;
    }

    static TiffType of(int code) {
        return switch (code) {
            case 1, 6 -> BYTE;
            case 3, 8 -> SHORT;
            // 9 and 17 are signed; 13 and 18 are positions of directories.
            case 4, 9, 13 -> LONG;
            case 16, 17, 18 -> LONG8;
            default -> NONE;
        };
    }

    /** Returns the length of a value in bytes; 0 for {@link #NONE}. */
    int length() {
        return length;
    }

    /** Reads one value; returns -1 for {@link #NONE}. */
    long read(BoundedReader file) throws IOException {
        return switch (this) {
            case BYTE -> file.readUnsignedByte();
            case SHORT -> file.readUnsignedShort();
            case LONG -> file.readUnsignedInt();
            // Every value over Long.MAX_VALUE is too large, so only 63 bits are needed.
            case LONG8 -> file.readLong() & Long.MAX_VALUE;
            case NONE -> -1;
        };
    }
}
