package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/**
 * A body that may be neither too large nor too slow: fails with 413 as soon as more bytes come than may, and with 408
 * if bytes still come when the time is over.
 */
final class LimitedInputStream extends FilterInputStream {

    private final DataSize limit;
    private final Duration time;
    private final long start = System.nanoTime();
    private long left;

    LimitedInputStream(InputStream in, DataSize limit, Duration time) {
        super(in);
        this.limit = limit;
        this.time = time;
        this.left = limit.toBytes();
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
        left -= Math.max(read, 0);
        if (left < 0) {
            throw tooLarge(limit);
        }
        if (read >= 0 && System.nanoTime() - start > time.toNanos()) {
            throw new RejectedException(
                    HttpStatus.REQUEST_TIMEOUT, "the body did not arrive within " + time.toSeconds() + " seconds");
        }
    }

    static RejectedException tooLarge(DataSize limit) {
        return new RejectedException(
                HttpStatus.CONTENT_TOO_LARGE, "the body is larger than " + limit.toBytes() + " bytes");
    }
}
