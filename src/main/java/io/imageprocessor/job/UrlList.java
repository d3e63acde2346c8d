package io.imageprocessor.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing list of URLs in compact form: their UTF-8 bytes in chunks, and four bytes for the end of each. A million
 * strings would be two million objects for the garbage collector and about 60 more bytes each. Not thread-safe while it
 * grows; afterwards safe to read from any thread if safely published.
 */
final class UrlList {

    /** The first chunk starts with this size, since most jobs are small, and grows to the full one. */
    private static final int FIRST_CHUNK_BYTES = 1 << 10;

    /** Chunks stay below the size of humongous arrays at the smallest G1 region size of 1 MB. */
    private static final int CHUNK_BITS = 18;

    private static final int CHUNK_BYTES = 1 << CHUNK_BITS;

    private final List<byte[]> chunks = new ArrayList<>();

    /** The last chunk; empty if there is none. */
    private byte[] last = {};

    private int[] ends = new int[8];
    private int size;

    /** Adds a URL in UTF-8. */
    void add(byte[] bytes) {
        int start = bytes();
        int end = Math.addExact(start, bytes.length);
        int offset = start & (CHUNK_BYTES - 1);
        if (offset > 0 && offset + bytes.length <= last.length) {
            System.arraycopy(bytes, 0, last, offset, bytes.length);
        } else {
            addToChunks(bytes, start);
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size + (size >> 1));
        }
        ends[size++] = end;
    }

    /** Adds the bytes at this position, in chunks that are created or grow. */
    private void addToChunks(byte[] bytes, int start) {
        for (int copied = 0; copied < bytes.length; ) {
            int position = start + copied;
            if (position >>> CHUNK_BITS == chunks.size()) {
                chunks.add(new byte[chunks.isEmpty() ? FIRST_CHUNK_BYTES : CHUNK_BYTES]);
            }
            int offset = position & (CHUNK_BYTES - 1);
            int length = Math.min(bytes.length - copied, CHUNK_BYTES - offset);
            if (chunks.size() == 1) {
                growFirstChunk(offset + length);
            }
            last = chunks.getLast();
            System.arraycopy(bytes, copied, last, offset, length);
            copied += length;
        }
    }

    private void growFirstChunk(int needed) {
        byte[] first = chunks.getFirst();
        if (needed > first.length) {
            int doubled = Math.max(needed, 2 * first.length);
            chunks.set(0, Arrays.copyOf(first, Math.min(CHUNK_BYTES, doubled)));
        }
    }

    String get(int index) {
        int start = end(index - 1);
        int length = end(index) - start;
        int offset = start & (CHUNK_BYTES - 1);
        if (offset + length <= CHUNK_BYTES) {
            return length == 0 ? "" : new String(chunks.get(start >>> CHUNK_BITS), offset, length, UTF_8);
        }
        byte[] bytes = new byte[length];
        for (int copied = 0; copied < length; ) {
            int position = start + copied;
            offset = position & (CHUNK_BYTES - 1);
            int part = Math.min(length - copied, CHUNK_BYTES - offset);
            System.arraycopy(chunks.get(position >>> CHUNK_BITS), offset, bytes, copied, part);
            copied += part;
        }
        return new String(bytes, UTF_8);
    }

    int size() {
        return size;
    }

    /** Returns the number of bytes of all URLs. */
    int bytes() {
        return end(size - 1);
    }

    /** Releases memory that was allocated for growth. */
    void trim() {
        ends = Arrays.copyOf(ends, size);
        if (!chunks.isEmpty()) {
            int lastIndex = chunks.size() - 1;
            int used = end(size - 1) - (lastIndex << CHUNK_BITS);
            chunks.set(lastIndex, Arrays.copyOf(last, used));
            last = chunks.getLast();
        }
    }

    private int end(int index) {
        return index < 0 ? 0 : ends[index];
    }
}
