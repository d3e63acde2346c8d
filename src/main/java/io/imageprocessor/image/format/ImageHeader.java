package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * The content of the header of a file.
 *
 * @param width in pixels, as declared and not validated
 * @param height in pixels, as declared and not validated
 * @param ending finds the end of the image from the position after the header
 */
record ImageHeader(long width, long height, Ending ending) {

    /** Reads the header of a file of one format. Thread-safe. */
    @FunctionalInterface
    interface Reader {

        /**
         * Reads from the first byte of the file until the dimensions are known.
         *
         * @throws UnreadableImageException if the file has no dimensions
         */
        ImageHeader read(BoundedReader file) throws IOException;
    }

    /** Reads to the end of an image. */
    @FunctionalInterface
    interface Ending {

        /** For formats whose end is not cheap to find. */
        Ending UNKNOWN = _ -> {};

        /**
         * Reads until it is known that the image is complete. Bytes after the image are ignored.
         *
         * @throws UnreadableImageException if the file ends before the image does
         */
        void reach(BoundedReader file) throws IOException;
    }

    /** Creates a header of a format whose end is not cheap to find. */
    static ImageHeader of(long width, long height) {
        return new ImageHeader(width, height, Ending.UNKNOWN);
    }
}
