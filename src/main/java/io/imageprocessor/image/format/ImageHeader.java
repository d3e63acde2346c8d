package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * What the head of a file says.
 *
 * @param width in pixels, as stated: nobody has checked it yet
 * @param height the same
 * @param ending how the end of the image is found from where the head was read
 */
record ImageHeader(long width, long height, Ending ending) {

    /** Reads the head of a file of one format. Thread-safe. */
    @FunctionalInterface
    interface Reader {

        /**
         * Reads from the file's first byte as far as it takes to know the size.
         *
         * @throws UnreadableImageException where there is none
         */
        ImageHeader read(BoundedReader file) throws IOException;
    }

    /** Reads on to the end of an image. */
    @FunctionalInterface
    interface Ending {

        /** There is no cheap way to know it. */
        Ending UNKNOWN = _ -> {};

        /**
         * Reads on as far as it takes to know that the image is there to its end; what follows it is no matter.
         *
         * @throws UnreadableImageException if the file ends before that
         */
        void reach(BoundedReader file) throws IOException;
    }

    /** A head of a format whose end is not cheap to know. */
    static ImageHeader of(long width, long height) {
        return new ImageHeader(width, height, Ending.UNKNOWN);
    }
}
