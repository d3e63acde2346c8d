package io.imageprocessor.image;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Shows ImageIO the head of a body. A read past what has arrived fails with a signal and leaves word of how much would have
 * been enough: reading from the network here would block inside the JPEG reader's native code, where a virtual thread
 * takes its carrier with it. Reusable for one head after another; used by one thread at a time.
 */
final class HeadStream extends ImageInputStreamImpl {

    /** Numbers are read in one call of at most this many bytes, and half a number is no use. */
    private static final int INDIVISIBLE = 8;

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int length;
    private long bodyLength;
    private boolean whole;
    private long needed;
    private boolean pastEnd;

    private static final class NeedsMore extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Begins anew at the first byte of {@code head}. */
    void show(BodyHead head) {
        bytes = head.bytes();
        length = head.length();
        bodyLength = head.bodyLength();
        whole = head.whole();
        needed = 0;
        pastEnd = false;
        streamPos = 0;
        flushedPos = 0;
        bitOffset = 0;
    }

    /** Forgets the head's bytes. The position stays: a reader may step back from it before it looks at the next head. */
    void forget() {
        bytes = NOTHING;
        length = 0;
        byteOrder = ByteOrder.BIG_ENDIAN;
    }

    /** How many bytes the head would have had to hold for what was read, or 0 if it held enough. */
    long needed() {
        return needed;
    }

    /** Whether something was to be read beyond the end of the body. */
    boolean pastEnd() {
        return pastEnd;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return reach(1) < 1 ? -1 : bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        bitOffset = 0;
        if (count == 0) {
            return 0;
        }
        int reached = reach(count);
        if (reached == 0) {
            return -1;
        }
        System.arraycopy(bytes, (int) streamPos, buffer, offset, reached);
        streamPos += reached;
        return reached;
    }

    /** How many of the next {@code count} bytes there are, 0 meaning the end of the body. */
    private int reach(int count) throws IOException {
        long available = length - streamPos;
        if (available >= count) {
            return count;
        }
        if (whole) {
            pastEnd = true;
        } else if (available <= 0 || count <= INDIVISIBLE) {
            needed = streamPos + (count <= INDIVISIBLE ? count : 1);
            throw new NeedsMore();
        }
        return (int) Math.max(available, 0);
    }

    @Override
    public long length() {
        return bodyLength;
    }
}
