package io.imageprocessor.image.http;

import io.imageprocessor.gzip.GzipDecoder;
import io.imageprocessor.gzip.GzipException;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.format.ByteSource;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one response and counts its bytes, up to a limit.
 *
 * <p>Decodes gzip, which some origins send although the request asks for no encoding. Not thread-safe.
 */
public final class HttpBody implements ByteSource, AutoCloseable {

    private final @Nullable HttpEntity entity;
    private final ContentCoding coding;
    private final boolean partial;
    private final Limits limits;
    private @Nullable InputStream stream;
    private @Nullable GzipDecoder decoder;
    private long received;
    private long decoded;
    private boolean exhausted;
    private boolean malformedTrailers;

    /**
     * The limits of a body.
     *
     * @param maxBytes limit of its size, both encoded and decoded
     * @param attempt the attempt whose timeouts apply
     * @param failures creates the failures
     */
    record Limits(long maxBytes, Attempt attempt, NetworkFailures failures) {}

    /**
     * Creates a body that has not been read yet.
     *
     * @param entity the bytes as sent, or null if the response has no body
     * @param partial whether they are the beginning of a longer file
     */
    HttpBody(@Nullable HttpEntity entity, ContentCoding coding, boolean partial, Limits limits) {
        this.entity = entity;
        this.coding = coding;
        this.partial = partial;
        this.limits = limits;
        exhausted = entity == null;
    }

    /** Returns the length of the file in bytes, or -1 if it is unknown. */
    @Override
    public long declaredLength() {
        return coding == ContentCoding.IDENTITY && !partial ? contentLength() : -1;
    }

    /** Returns the number of bytes read so far, decoded. */
    public long bytes() {
        return decoder == null ? received : decoded;
    }

    /** Returns the number of bytes received over the network so far, as encoded. */
    public long received() {
        return received;
    }

    /** Returns whether the body is only the beginning of the file. */
    boolean partial() {
        return partial;
    }

    /** Returns whether the connection holds no more bytes of this response. */
    boolean exhausted() {
        return exhausted;
    }

    /** Returns whether the fields behind the last chunk were malformed, so that the next response cannot be found. */
    boolean hasMalformedTrailers() {
        return malformedTrailers;
    }

    /** Returns the number of bytes that are still to be received, or -1 if it is unknown. */
    long remaining() {
        return contentLength() < 0 ? -1 : contentLength() - received;
    }

    /**
     * Reads at least one byte, and blocks until it is available.
     *
     * @return the number of bytes, or -1 at the end of the file; the end of its beginning alone is a failure, because a
     *     reader would take it for the end of the file
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws ImageFailedException {
        int count = readDecoded(buffer, offset, length);
        if (count < 0 && partial) {
            throw new ImageFailedException(limits.failures().bodyTruncated());
        }
        return count;
    }

    private int readDecoded(byte[] buffer, int offset, int length) throws ImageFailedException {
        return switch (coding) {
            case IDENTITY -> readEncoded(buffer, offset, length);
            case GZIP -> decode(buffer, offset, length);
            case BR, COMPRESS, DEFLATE, ZSTD, SEVERAL ->
                throw new ImageFailedException(new UnsupportedFormat(coding.unsupportedMessage()));
        };
    }

    private int decode(byte[] buffer, int offset, int length) throws ImageFailedException {
        GzipDecoder gzip = decoder();
        try {
            int count = gzip.read(buffer, offset, length);
            if (count < 0) {
                // The body may be longer than its gzip data, and may still turn out to be truncated.
                readEncoded(new byte[1], 0, 1);
                return -1;
            }
            decoded += count;
            rejectOverLimit(decoded);
            return count;
        } catch (GzipException e) {
            return endOrFail(e);
        } catch (ImageFailedException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("unexpected failure of a body", e);
        }
    }

    private GzipDecoder decoder() {
        if (decoder == null) {
            decoder = GzipDecoder.ofFirstMember(new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException("the decoder reads arrays");
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    return readEncoded(target, offset, length);
                }
            });
        }
        return decoder;
    }

    /** A body without bytes is an empty body, whatever its encoding. */
    private int endOrFail(GzipException e) throws ImageFailedException {
        if (received == 0) {
            return -1;
        }
        throw new ImageFailedException(
                switch (e.reason()) {
                    case TRUNCATED -> limits.failures().bodyTruncated();
                    case DAMAGED -> new NotAnImage("the body is not the gzip it is said to be");
                });
    }

    /** Reads like {@link #read}, but without decoding. */
    int readEncoded(byte[] buffer, int offset, int length) throws ImageFailedException {
        rejectOverLimit(contentLength());
        int count = exhausted ? -1 : readFromNetwork(buffer, offset, length);
        if (count < 0) {
            exhausted = true;
            return -1;
        }
        limits.attempt().recordActivity();
        received += count;
        rejectOverLimit(received);
        if (received == contentLength()) {
            exhausted = true;
        }
        return count;
    }

    private long contentLength() {
        return entity == null ? 0 : entity.getContentLength();
    }

    private void rejectOverLimit(long size) throws ImageFailedException {
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
        } catch (MalformedChunkCodingException e) {
            // HttpCore has no type for it; a chunk that is malformed has another cause or none.
            malformedTrailers = e.getCause() instanceof ParseException;
            if (malformedTrailers) {
                return -1;
            }
            throw new ImageFailedException(limits.failures().whileReadingBody(e));
        } catch (IOException | RuntimeException e) {
            throw new ImageFailedException(limits.failures().whileReadingBody(e));
        }
    }

    /** Releases the decoder. Does not close the connection's stream, because that would read the rest of the body. */
    @Override
    public void close() {
        if (decoder != null) {
            try {
                decoder.close();
            } catch (IOException e) {
                throw new IllegalStateException("unexpected failure of a body", e);
            }
        }
    }
}
