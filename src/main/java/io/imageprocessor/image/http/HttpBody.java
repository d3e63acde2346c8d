package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.format.ByteSource;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one answer: unpacked where the origin packed them although it was asked not to, counted as they stream,
 * and cut off at the limit. Used by one thread.
 */
public final class HttpBody implements ByteSource, AutoCloseable {

    private final @Nullable HttpEntity entity;
    private final ContentCoding coding;
    private final boolean partial;
    private final Limits limits;
    private @Nullable InputStream stream;
    private @Nullable Gunzip gunzip;
    private long received;
    private boolean usedUp;

    /** What holds a body back: its size in bytes, packed and unpacked, and the attempt's time; and the words for it. */
    record Limits(long maxBytes, Attempt attempt, NetworkFailures failures) {}

    /**
     * @param entity the bytes as they come over the network, or null where the answer has none
     * @param partial whether they are the beginning of a longer file
     */
    HttpBody(@Nullable HttpEntity entity, ContentCoding coding, boolean partial, Limits limits) {
        this.entity = entity;
        this.coding = coding;
        this.partial = partial;
        this.limits = limits;
        usedUp = entity == null;
    }

    /** Length of the file, or -1 where that is not known. */
    @Override
    public long promised() {
        return coding == ContentCoding.IDENTITY && !partial ? announced() : -1;
    }

    /** Bytes read so far. */
    public long bytes() {
        return gunzip == null ? received : gunzip.bytes();
    }

    /** Bytes that came over the network so far, however they are packed. */
    public long received() {
        return received;
    }

    /** Whether these are only the first bytes of the file that was asked for, so that their end is not the file's. */
    boolean partial() {
        return partial;
    }

    /** Whether nothing of this answer is left in its connection. */
    boolean usedUp() {
        return usedUp;
    }

    /** Bytes that are still to come over the network, or -1 where that is not known. */
    long left() {
        return announced() < 0 ? -1 : announced() - received;
    }

    /**
     * Reads at least one byte, waiting for it.
     *
     * @return the number of bytes, or -1 at the end
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws ImageFailedException {
        return switch (coding) {
            case IDENTITY -> receive(buffer, offset, length);
            case GZIP -> unpack(buffer, offset, length);
            case BR, COMPRESS, DEFLATE, ZSTD, OTHER ->
                throw new ImageFailedException(new UnsupportedFormat(coding.refusal()));
        };
    }

    private int unpack(byte[] buffer, int offset, int length) throws ImageFailedException {
        if (gunzip == null) {
            gunzip = new Gunzip(this, limits.failures());
        }
        int count = gunzip.read(buffer, offset, length);
        refuseOverLimit(gunzip.bytes());
        return count;
    }

    /** Reads as {@link #read} does, but what came over the network, however it is packed. */
    int receive(byte[] buffer, int offset, int length) throws ImageFailedException {
        refuseOverLimit(announced());
        int count = usedUp ? -1 : readFromNetwork(buffer, offset, length);
        if (count < 0) {
            usedUp = true;
            return -1;
        }
        limits.attempt().heard();
        received += count;
        refuseOverLimit(received);
        if (received == announced()) {
            usedUp = true;
        }
        return count;
    }

    private long announced() {
        return entity == null ? 0 : entity.getContentLength();
    }

    private void refuseOverLimit(long size) throws ImageFailedException {
        if (size > limits.maxBytes()) {
            throw new ImageFailedException(limits.failures().tooLarge());
        }
    }

    private int readFromNetwork(byte[] buffer, int offset, int length) throws ImageFailedException {
        try {
            if (stream == null && entity != null) {
                stream = entity.getContent();
            }
            return stream == null ? -1 : stream.read(buffer, offset, length);
        } catch (IOException | RuntimeException e) {
            throw new ImageFailedException(limits.failures().whileReadingBody(e));
        }
    }

    /**
     * Releases what unpacking holds. The connection's stream stays open: closing it would read a body without end to
     * its end.
     */
    @Override
    public void close() {
        if (gunzip != null) {
            gunzip.close();
        }
    }
}
