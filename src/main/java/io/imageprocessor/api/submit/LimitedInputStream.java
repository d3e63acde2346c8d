package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import java.io.InputStream;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/**
 * Limits the size and the duration of a body. Reading fails with 413 when the body exceeds the size, and with 408 when
 * bytes arrive after the time. Not thread-safe.
 */
final class LimitedInputStream extends CountedInputStream {

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
    void count(int bytes) {
        remaining -= bytes;
        if (remaining < 0) {
            throw tooLarge(limit);
        }
        if (System.nanoTime() - start > maxTime.toNanos()) {
            throw new RejectedException(
                    HttpStatus.REQUEST_TIMEOUT, "the body did not arrive within " + maxTime.toSeconds() + " seconds");
        }
    }

    static RejectedException tooLarge(DataSize limit) {
        return new RejectedException(
                HttpStatus.CONTENT_TOO_LARGE, "the body is larger than " + limit.toBytes() + " bytes");
    }
}
