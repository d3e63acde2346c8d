package io.imageprocessor.api.jobs;

import java.io.IOException;

/** Writes a file of images, one row for each. Not thread-safe. */
interface ImageRows {

    String contentType();

    /** Returns the extension of such files, without the dot. */
    String extension();

    void write(ImageResponse image) throws IOException;

    /**
     * Sends the buffered rows to the client.
     *
     * @throws IOException if the client has disconnected
     */
    void flush() throws IOException;
}
