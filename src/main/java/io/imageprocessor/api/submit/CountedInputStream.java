package io.imageprocessor.api.submit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reports how many bytes each read of a stream returned. Not thread-safe. */
abstract class CountedInputStream extends FilterInputStream {

    CountedInputStream(InputStream in) {
        super(in);
    }

    /**
     * Counts the bytes of a read, before the reader gets them.
     *
     * @throws RuntimeException if the reader must not get them
     */
    abstract void count(int bytes);

    @Override
    public final int read() throws IOException {
        int read = in.read();
        if (read >= 0) {
            count(1);
        }
        return read;
    }

    @Override
    public final int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            count(read);
        }
        return read;
    }
}
