package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/**
 * Limits the size and the duration of a body. Reading fails with 413 when the body exceeds the size, and with 408 when
 * bytes arrive after the time. Not thread-safe.
 */
final class LimitedInputStream extends FilterInputStream {

    private final DataSize limit;
    private final Duration maxTime;
    private final long start = System.nanoTime();
    private long remaining;

    LimitedInputStream(InputStream in, DataSize limit, Duration maxTime) {
        super(in);
        this.limit = limit;
        this.maxTime = maxTime;
        this.remaining = limit.toBytes();
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? -1 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(read);
        return read;
    }

    private void count(int read) {
        remaining -= Math.max(read, 0);
        if (remaining < 0) {
            throw tooLarge(limit);
        }
        if (read >= 0 && System.nanoTime() - start > maxTime.toNanos()) {
            throw new RejectedException(
                    HttpStatus.REQUEST_TIMEOUT, "the body did not arrive within " + maxTime.toSeconds() + " seconds");
        }
    }

    static RejectedException tooLarge(DataSize limit) {
        return new RejectedException(
                HttpStatus.CONTENT_TOO_LARGE, "the body is larger than " + limit.toBytes() + " bytes");
    }
}
