package io.imageprocessor.image;

import java.util.Arrays;

/**
 * The beginning of a body, in memory, growing as a reader asks for more of it. It starts in a buffer it is lent and moves
 * to larger ones of its own only for the few images whose size comes late. Used by one thread.
 */
final class BodyHead {

    /** What is kept at most while a size is looked for: with hundreds of downloads at once, more would add up. */
    static final int LIMIT = 1024 * 1024;

    private final HttpBody body;
    private byte[] bytes;
    private int length;
    private boolean whole;

    BodyHead(HttpBody body, byte[] buffer) {
        this.body = body;
        bytes = buffer;
    }

    byte[] bytes() {
        return bytes;
    }

    /** How many of the bytes are filled. */
    int length() {
        return length;
    }

    /** Whether the body ends where this does. */
    boolean whole() {
        return whole;
    }

    /** Length of the whole body, or -1 where that is not known. */
    long bodyLength() {
        return whole ? length : body.promised();
    }

    /** Reads on until there are at least {@code wanted} bytes, at most {@link #LIMIT}, or the body ends. */
    void fill(int wanted) throws ImageFailedException {
        if (wanted > bytes.length) {
            bytes = Arrays.copyOf(bytes, wanted);
        }
        while (length < wanted && !whole) {
            int count = body.read(bytes, length, bytes.length - length);
            if (count < 0) {
                whole = true;
            } else {
                length += count;
                whole = body.complete();
            }
        }
    }
}
