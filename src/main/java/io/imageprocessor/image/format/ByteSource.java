package io.imageprocessor.image.format;

import java.io.IOException;

/** Where the bytes of a file come from, in order and once. */
public interface ByteSource {

    /**
     * Reads at least one byte, waiting for it.
     *
     * @return the number of bytes, or -1 at the end
     * @throws IOException if they cannot be had; it passes through the readers of this package unchanged
     */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** How many bytes there are said to be in all, or -1 where that was not said. */
    long promised();
}
