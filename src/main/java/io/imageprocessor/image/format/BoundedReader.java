package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads a file forward through one buffer of fixed size, so that no file can make it use more memory.
 *
 * <p>Bytes before the position are discarded, except for the last {@link #TAIL}. Not thread-safe.
 */
final class BoundedReader {

    /** Number of bytes before the position that stay in the buffer. */
    static final int TAIL = 4 * 1024;

    /** Minimum free space in bytes for a read, so that large files take few reads. */
    private static final int MIN_FREE = 32 * 1024;

    private final ByteSource source;
    private final byte[] buffer;
    private final int maxReadAhead;
    private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;

    /** Position in the file of the first byte in the buffer. */
    private long start;

    private int next;
    private int filled;
    private boolean ended;

    /** The largest position before the last step back. */
    private long furthest;

    /**
     * Creates a reader at the first byte.
     *
     * @param buffer the buffer, at least 64 KB; its content is undefined afterwards
     * @param maxReadAhead limit in bytes for one read from the source
     */
    BoundedReader(ByteSource source, byte[] buffer, int maxReadAhead) {
        this.source = source;
        this.buffer = buffer;
        this.maxReadAhead = maxReadAhead;
    }

    /** Sets the byte order of the numbers that are read from now on. */
    void byteOrder(ByteOrder newOrder) {
        byteOrder = newOrder;
    }

    /** Returns the position in the file of the next byte. */
    long position() {
        return start + next;
    }

    /** Returns the length of the whole file in bytes, or -1 as long as it is unknown. */
    long length() {
        return ended ? start + filled : source.declaredLength();
    }

    /** Returns the buffer. It starts with the first byte of the file as long as nothing was skipped. */
    byte[] buffer() {
        return buffer;
    }

    /**
     * Reads ahead until {@code wanted} of the next bytes are in the {@link #buffer()} or the file ends. Does not change
     * the position.
     *
     * @param wanted number of bytes, at most the length of the buffer
     * @return the number of these bytes in the buffer, at most {@code wanted}
     */
    int peek(int wanted) throws IOException {
        while (filled - next < wanted && fill()) {
            // Repeat until the bytes are available.
        }
        return Math.min(filled - next, wanted);
    }

    /** Returns whether the file has no further bytes. */
    boolean atEnd() throws IOException {
        return next == filled && !fill();
    }

    int readUnsignedByte() throws IOException {
        if (next == filled && !fill()) {
            throw UnreadableImageException.truncated();
        }
        return buffer[next++] & 0xFF;
    }

    int readUnsignedShort() throws IOException {
        int first = readUnsignedByte();
        int second = readUnsignedByte();
        return byteOrder == ByteOrder.BIG_ENDIAN ? first << 8 | second : second << 8 | first;
    }

    long readUnsignedInt() throws IOException {
        long first = readUnsignedShort();
        long second = readUnsignedShort();
        return byteOrder == ByteOrder.BIG_ENDIAN ? first << 16 | second : second << 16 | first;
    }

    /** Reads eight bytes; values over {@link Long#MAX_VALUE} are returned as negative numbers. */
    long readLong() throws IOException {
        long first = readUnsignedInt();
        long second = readUnsignedInt();
        return byteOrder == ByteOrder.BIG_ENDIAN ? first << 32 | second : second << 32 | first;
    }

    /** Skips {@code count} bytes; fails at once if the declared length is shorter. */
    void skip(long count) throws IOException {
        if (count <= filled - next) {
            next += (int) count;
            return;
        }
        long target = position() + count;
        if (target < 0 || !reach(target)) {
            throw UnreadableImageException.truncated();
        }
    }

    /**
     * Moves to {@code target}, which must not be before the position.
     *
     * @return false if the file ends before it; the position is then undefined
     */
    boolean reach(long target) throws IOException {
        if (length() >= 0 && target > length()) {
            return false;
        }
        while (target > start + filled) {
            next = filled;
            if (!fill()) {
                return false;
            }
        }
        next = (int) (target - start);
        return true;
    }

    /**
     * Returns whether the whole file has {@code length} bytes, at least as many as were read. Reads that far if no
     * length was declared.
     */
    boolean hasLength(long length) throws IOException {
        return length() >= 0 ? length() == length : reach(length) && atEnd();
    }

    /**
     * Returns the position of the first byte that {@link #seek} can still reach. It depends only on how far the file
     * was read, not on how many bytes a read returned, so that a file has the same result in every download.
     */
    long earliest() {
        long read = Math.max(furthest, position());
        return read <= buffer.length - MIN_FREE ? 0 : Math.max(0, read - TAIL);
    }

    /** Moves to {@code target}, at least {@link #earliest}; fails like {@link #skip} beyond the end of the file. */
    void seek(long target) throws IOException {
        if (target < position()) {
            furthest = Math.max(furthest, position());
            next = (int) (target - start);
        } else {
            skip(target - position());
        }
    }

    /** Reads to the end of the file. */
    void skipToEnd() throws IOException {
        do {
            next = filled;
        } while (fill());
    }

    /**
     * Returns the byte {@code distance} before the position; 1 is the last byte, at most {@link #TAIL} are available.
     */
    int before(int distance) {
        return buffer[next - distance] & 0xFF;
    }

    /** Appends at least one byte to the buffer; returns false at the end of the file. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        int discarded = Math.max(next - TAIL, 0);
        // At a position up to MIN_FREE, seek can reach the first byte, unless the buffer is full of bytes behind it.
        boolean free = position() > buffer.length - MIN_FREE || filled == buffer.length;
        if (discarded > 0 && free && buffer.length - filled < MIN_FREE) {
            System.arraycopy(buffer, discarded, buffer, 0, filled - discarded);
            start += discarded;
            next -= discarded;
            filled -= discarded;
        }
        int count = source.read(buffer, filled, Math.min(buffer.length - filled, maxReadAhead));
        if (count < 0) {
            ended = true;
            return false;
        }
        filled += count;
        return true;
    }
}
