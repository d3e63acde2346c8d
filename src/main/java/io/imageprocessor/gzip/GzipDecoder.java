package io.imageprocessor.gzip;

import io.imageprocessor.gzip.GzipException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes a gzip stream (RFC 1952) while it arrives, and verifies the checksum and the length of each member.
 *
 * <p>{@link java.util.zip.GZIPInputStream} is not enough for untrusted input. It calls itself once for each empty
 * member, so that a small body of many empty members overflows the stack. It also ignores bytes after the last member,
 * and it skips a file name or comment of any length in the header.
 *
 * <p>Fails with {@link GzipException} if the bytes are not valid gzip; exceptions of the source pass through unchanged.
 * Holds native memory until it is closed. Not thread-safe.
 */
public final class GzipDecoder extends InputStream {

    private static final int BUFFER_SIZE = 8 * 1024;

    /**
     * Limit in bytes for file name and comment of an image's member together; a path has at most 4 KB. A submission has
     * a limit for its whole body.
     */
    private static final int MAX_TEXT = 64 * 1024;

    private static final int DEFLATE = 8;
    private static final int HAS_CHECKSUM = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;
    private static final int RESERVED = 0b1110_0000;

    private final InputStream source;
    private final boolean allMembers;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private int position;
    private int limit;
    private int textLength;
    private boolean started;
    private boolean inMember;

    private GzipDecoder(InputStream source, boolean allMembers) {
        this.source = source;
        this.allMembers = allMembers;
    }

    /** Decodes all members of {@code source}, one after another; bytes after the last member are an error. */
    public static GzipDecoder ofAllMembers(InputStream source) {
        return new GzipDecoder(source, true);
    }

    /** Decodes the first member of {@code source} and ignores all bytes after it, as browsers do. */
    public static GzipDecoder ofFirstMember(InputStream source) {
        return new GzipDecoder(source, false);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Decodes at least one byte, and blocks until it is available.
     *
     * @return the number of bytes, or -1 at the end
     * @throws GzipException if the bytes are damaged or truncated; a source without any byte is truncated
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || startMember()) {
            int count = inflate(target, offset, length);
            if (count > 0) {
                checksum.update(target, offset, count);
                return count;
            }
            verifyTrailer();
            inMember = false;
        }
        return -1;
    }

    /** Returns false after the last member; the first member is mandatory. */
    private boolean startMember() throws IOException {
        if (started && (!allMembers || (position == limit && !fill()))) {
            return false;
        }
        if (next() != 0x1F || next() != 0x8B || next() != DEFLATE) {
            throw new GzipException(Reason.DAMAGED);
        }
        skipRestOfHeader(next());
        inflater.reset();
        checksum.reset();
        started = true;
        inMember = true;
        return true;
    }

    private void skipRestOfHeader(int flags) throws IOException {
        // An image with such a flag is decoded, because browsers decode it; a submission is not, because its client
        // errs.
        if (allMembers && (flags & RESERVED) != 0) {
            throw new GzipException(Reason.DAMAGED);
        }
        // Modification time, compression level and operating system.
        skipBytes(6);
        if ((flags & HAS_EXTRA) != 0) {
            skipBytes(next() | next() << 8);
        }
        textLength = 0;
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            skipBytes(2);
        }
    }

    /** Returns 0 at the end of the member. */
    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            while (!inflater.finished()) {
                int count = inflater.inflate(target, offset, length);
                if (count > 0) {
                    return count;
                }
                if (inflater.needsInput()) {
                    requireByte();
                    inflater.setInput(buffer, position, limit - position);
                    position = limit;
                }
            }
        } catch (DataFormatException e) {
            throw (GzipException) new GzipException(Reason.DAMAGED).initCause(e);
        }
        position = limit - inflater.getRemaining();
        return 0;
    }

    private void verifyTrailer() throws IOException {
        if (nextInt() != (int) checksum.getValue() || nextInt() != (int) inflater.getBytesWritten()) {
            throw new GzipException(Reason.DAMAGED);
        }
    }

    private void skipBytes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            if (!allMembers && ++textLength > MAX_TEXT) {
                throw new GzipException(Reason.DAMAGED);
            }
        }
    }

    private int nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    private int next() throws IOException {
        requireByte();
        return buffer[position++] & 0xFF;
    }

    /** Fills the buffer if it is empty; fails if the source has ended. */
    private void requireByte() throws IOException {
        if (position == limit && !fill()) {
            throw new GzipException(Reason.TRUNCATED);
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, source.read(buffer));
        return limit > 0;
    }

    /** Releases the native memory and closes the source. */
    @Override
    public void close() throws IOException {
        inflater.end();
        source.close();
    }
}
