package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a gzip body (RFC 1952) as it streams, checksum included. Bytes behind the first member are ignored, as
 * browsers do, further members among them: the JDK's stream goes a call deeper for each that is empty, and a small body
 * can have tens of thousands. Holds native memory until it is closed. Used by one thread.
 */
final class Gunzip implements AutoCloseable {

    private static final int BUFFER_SIZE = 8 * 1024;

    /** Name and comment together; a path has 4 KB at most. */
    private static final int MAX_TEXT = 64 * 1024;

    private static final int DEFLATE = 8;
    private static final int HAS_CHECKSUM = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;

    private final HttpBody packed;
    private final NetworkFailures failures;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private int position;
    private int limit;
    private int textLength;
    private long bytes;
    private boolean begun;
    private boolean complete;

    Gunzip(HttpBody packed, NetworkFailures failures) {
        this.packed = packed;
        this.failures = failures;
    }

    /** Unpacked bytes so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Unpacks at least one byte, waiting for it.
     *
     * @return the number of bytes, or -1 at the end
     */
    int read(byte[] target, int offset, int length) throws ImageFailedException {
        if (!begun) {
            // Nothing at all is an empty body, whatever it is said to be packed with.
            complete = !fill();
            begun = true;
            if (!complete) {
                skipHeader();
            }
        }
        if (complete) {
            return -1;
        }
        int count = inflate(target, offset, length);
        if (count < 0) {
            checkTrailer();
            complete = true;
            // The end of the gzip data is not yet that of the body, which may still turn out to be broken off.
            packed.receive(buffer, 0, 1);
        }
        return count;
    }

    private int inflate(byte[] target, int offset, int length) throws ImageFailedException {
        try {
            while (!inflater.finished()) {
                int count = inflater.inflate(target, offset, length);
                if (count > 0) {
                    checksum.update(target, offset, count);
                    bytes += count;
                    return count;
                }
                if (inflater.needsInput()) {
                    require();
                    inflater.setInput(buffer, position, limit - position);
                    position = limit;
                }
            }
        } catch (DataFormatException e) {
            throw damaged();
        }
        position = limit - inflater.getRemaining();
        return -1;
    }

    private void skipHeader() throws ImageFailedException {
        if (next() != 0x1F || next() != 0x8B || next() != DEFLATE) {
            throw damaged();
        }
        int flags = next();
        // The time, how hard it was packed, and where.
        skip(6);
        if ((flags & HAS_EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            skip(2);
        }
    }

    private void skip(int count) throws ImageFailedException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws ImageFailedException {
        while (next() != 0) {
            if (++textLength > MAX_TEXT) {
                throw damaged();
            }
        }
    }

    private void checkTrailer() throws ImageFailedException {
        if (nextInt() != (int) checksum.getValue() || nextInt() != (int) bytes) {
            throw damaged();
        }
    }

    private int nextInt() throws ImageFailedException {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    private int next() throws ImageFailedException {
        require();
        return buffer[position++] & 0xFF;
    }

    /** Has at least one byte in the buffer. */
    private void require() throws ImageFailedException {
        if (position == limit && !fill()) {
            throw new ImageFailedException(failures.brokenOff());
        }
    }

    private boolean fill() throws ImageFailedException {
        position = 0;
        limit = Math.max(0, packed.receive(buffer, 0, buffer.length));
        return limit > 0;
    }

    private static ImageFailedException damaged() {
        return new ImageFailedException(new NotAnImage("the body is not the gzip it is said to be"));
    }

    /** Releases the inflater; the connection is not touched. */
    @Override
    public void close() {
        inflater.end();
    }
}
