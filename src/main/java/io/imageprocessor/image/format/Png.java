package io.imageprocessor.image.format;

import java.io.IOException;

/** Finds the end of a PNG by its specification (W3C): a sequence of chunks that ends with {@code IEND}. */
final class Png {

    private static final int SIGNATURE_LENGTH = 8;
    private static final int CHECKSUM_LENGTH = 4;
    private static final long LAST_CHUNK = 0x49454E44;

    private Png() {}

    /** Reads from the first byte of the file to the end of the image. */
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
