package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.format.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** The bytes of one answer, counted as they stream and cut off at the limit. Used by one thread. */
final class HttpBody implements ByteSource {

    private final @Nullable HttpEntity entity;
    private final long limit;
    private final Attempt attempt;
    private final NetworkFailures failures;
    private @Nullable InputStream stream;
    private long bytes;
    private boolean complete;

    HttpBody(@Nullable HttpEntity entity, long limit, Attempt attempt, NetworkFailures failures) {
        this.entity = entity;
        this.limit = limit;
        this.attempt = attempt;
        this.failures = failures;
        complete = entity == null;
    }

    /** Bytes that the answer announced, or -1 where it did not. */
    @Override
    public long promised() {
        return entity == null ? 0 : entity.getContentLength();
    }

    /** Bytes read so far. */
    long bytes() {
        return bytes;
    }

    /** Whether the end was reached, and with it everything that was promised. */
    boolean complete() {
        return complete;
    }

    /**
     * Reads at least one byte, waiting for it.
     *
     * @return the number of bytes, or -1 at the end
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws ImageFailedException {
        if (promised() > limit) {
            throw new ImageFailedException(failures.tooLarge());
        }
        int count = complete ? -1 : readFromNetwork(buffer, offset, length);
        if (count < 0) {
            complete = true;
            return -1;
        }
        attempt.heard();
        bytes += count;
        if (bytes > limit) {
            throw new ImageFailedException(failures.tooLarge());
        }
        if (bytes == promised()) {
            complete = true;
        }
        return count;
    }

    private int readFromNetwork(byte[] buffer, int offset, int length) throws ImageFailedException {
        try {
            if (stream == null && entity != null) {
                stream = entity.getContent();
            }
            return stream == null ? -1 : stream.read(buffer, offset, length);
        } catch (IOException | RuntimeException e) {
            throw new ImageFailedException(failures.whileReadingBody());
        }
    }
}
