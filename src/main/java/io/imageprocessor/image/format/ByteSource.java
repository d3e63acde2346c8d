package io.imageprocessor.image.format;

import java.io.IOException;

/** Provides the bytes of a file, in order and once. Not thread-safe. */
public interface ByteSource {

    /**
     * Reads at least one byte, and blocks until it is available.
     *
     * @return the number of bytes, or -1 at the end
     * @throws IOException if the bytes are not available; the readers of this package pass it on unchanged
     */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** Returns the declared length of the file in bytes, or -1 if none was declared. */
    long declaredLength();
}
