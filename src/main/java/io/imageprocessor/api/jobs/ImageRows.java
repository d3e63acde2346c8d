package io.imageprocessor.api.jobs;

import java.io.IOException;

/** A file of images that is being written, a row each. Not thread-safe. */
interface ImageRows {

    String contentType();

    /** What names of such files end in, without the dot. */
    String extension();

    void write(ImageResponse image) throws IOException;

    /** Hands what was written so far to the client, and fails if it is gone. */
    void flush() throws IOException;
}
