package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Finds the end of a PNG, going by its specification (W3C): a row of chunks, of which the last is named {@code IEND}.
 */
final class Png {

    private static final int SIGNATURE_LENGTH = 8;
    private static final int CHECKSUM_LENGTH = 4;
    private static final long LAST_CHUNK = 0x49454E44;

    private Png() {}

    /** From the first byte of the file. */
    static void reachEnd(BoundedReader file) throws IOException {
        file.skip(SIGNATURE_LENGTH);
        long name;
        do {
            long length = file.readUnsignedInt();
            name = file.readUnsignedInt();
            file.skip(length + CHECKSUM_LENGTH);
        } while (name != LAST_CHUNK);
    }
}
