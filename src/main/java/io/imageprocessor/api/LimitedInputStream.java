package io.imageprocessor.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.util.unit.DataSize;

/** Fails with {@link BodyTooLargeException} as soon as more bytes come than may. */
final class LimitedInputStream extends FilterInputStream {

    private final DataSize limit;
    private long left;

    LimitedInputStream(InputStream in, DataSize limit) {
        super(in);
        this.limit = limit;
        this.left = limit.toBytes();
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(read);
        return read;
    }

    private void count(int read) throws IOException {
        left -= Math.max(read, 0);
        if (left < 0) {
            throw new BodyTooLargeException(limit);
        }
    }
}
