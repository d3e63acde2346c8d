package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * A file's bytes, read forward through one buffer of fixed size: whatever a file asks for, no more of it is ever in
 * memory. What was skipped is gone, except for the last {@link #TAIL} bytes before the position. Used by one thread.
 */
final class BoundedReader {

    /** How many bytes before the position can still be looked at. */
    static final int TAIL = 4 * 1024;

    /** Read on with at least this much room, so that large files take few reads. */
    private static final int ROOM = 32 * 1024;

    private final ByteSource source;
    private final byte[] buffer;
    private final int mostAtOnce;
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    /** Position in the file of the buffer's first byte. */
    private long start;

    private int next;
    private int filled;
    private boolean ended;

    /**
     * @param buffer to read through, at least 64 KB; its content is arbitrary afterwards
     * @param mostAtOnce bytes to read ahead of those that are needed, at most
     */
    BoundedReader(ByteSource source, byte[] buffer, int mostAtOnce) {
        this.source = source;
        this.buffer = buffer;
        this.mostAtOnce = mostAtOnce;
    }

    /** From now on, the numbers in the file are read in this order. */
    void order(ByteOrder newOrder) {
        order = newOrder;
    }

    /** Bytes before the next one. */
    long position() {
        return start + next;
    }

    /** Length of the whole file, or -1 as long as it is not known. */
    long length() {
        return ended ? start + filled : source.promised();
    }

    /** The bytes that were read ahead or are kept; those of the file's beginning, as long as nothing was skipped. */
    byte[] buffer() {
        return buffer;
    }

    /**
     * Reads ahead, without moving, until {@code wanted} of the next bytes are in the {@link #buffer()} or the file
     * ends.
     *
     * @param wanted at most the buffer's length
     * @return how many there are, {@code wanted} at most
     */
    int peek(int wanted) throws IOException {
        while (filled - next < wanted && readOn()) {
            // Until there are enough.
        }
        return Math.min(filled - next, wanted);
    }

    /** Whether there are no further bytes. */
    boolean atEnd() throws IOException {
        return next == filled && !readOn();
    }

    int readUnsignedByte() throws IOException {
        if (next == filled && !readOn()) {
            throw UnreadableImageException.truncated();
        }
        return buffer[next++] & 0xFF;
    }

    int readUnsignedShort() throws IOException {
        int first = readUnsignedByte();
        int second = readUnsignedByte();
        return order == ByteOrder.BIG_ENDIAN ? first << 8 | second : second << 8 | first;
    }

    long readUnsignedInt() throws IOException {
        long first = readUnsignedShort();
        long second = readUnsignedShort();
        return order == ByteOrder.BIG_ENDIAN ? first << 16 | second : second << 16 | first;
    }

    /** Eight bytes; what is beyond a positive long comes out negative. */
    long readLong() throws IOException {
        long first = readUnsignedInt();
        long second = readUnsignedInt();
        return order == ByteOrder.BIG_ENDIAN ? first << 32 | second : second << 32 | first;
    }

    /** Leaves {@code count} bytes out; fails at once if the file is said to be shorter. */
    void skip(long count) throws IOException {
        if (count <= filled - next) {
            next += (int) count;
            return;
        }
        long target = position() + count;
        if (target < 0 || (source.promised() >= 0 && target > source.promised())) {
            throw UnreadableImageException.truncated();
        }
        while (target > start + filled) {
            next = filled;
            if (!readOn()) {
                throw UnreadableImageException.truncated();
            }
        }
        next = (int) (target - start);
    }

    /** Reads to the end of the file. */
    void skipToEnd() throws IOException {
        do {
            next = filled;
        } while (readOn());
    }

    /** How many of the bytes before the position can still be looked at; {@link #before} does. */
    int tail() {
        return next;
    }

    /** The byte that is {@code distance} before the position, 1 being the last one; at most {@link #tail()}. */
    int before(int distance) {
        return buffer[next - distance] & 0xFF;
    }

    /** Appends at least one byte to the buffer; false at the end of the file. */
    private boolean readOn() throws IOException {
        if (ended) {
            return false;
        }
        int dispensable = Math.max(next - TAIL, 0);
        if (dispensable > 0 && buffer.length - filled < ROOM) {
            System.arraycopy(buffer, dispensable, buffer, 0, filled - dispensable);
            start += dispensable;
            next -= dispensable;
            filled -= dispensable;
        }
        int count = source.read(buffer, filled, Math.min(buffer.length - filled, mostAtOnce));
        if (count < 0) {
            ended = true;
            return false;
        }
        filled += count;
        return true;
    }
}
