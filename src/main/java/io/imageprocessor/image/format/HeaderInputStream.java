package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * Gives an ImageIO reader access to the beginning of a file, up to the length of its buffer. Does not change the
 * position of the file.
 *
 * <p>A read may block on the network, so the ImageIO reader must be written in Java. Reusable for one file after
 * another; used by one thread at a time.
 */
final class HeaderInputStream extends ImageInputStreamImpl {

    private static final ByteSource NOTHING = new ByteSource() {
        @Override
        public int read(byte[] buffer, int offset, int length) {
            return -1;
        }

        @Override
        public long declaredLength() {
            return 0;
        }
    };

    private static final BoundedReader NO_FILE = new BoundedReader(NOTHING, new byte[0], 0);

    private BoundedReader file = NO_FILE;
    private boolean pastEnd;
    private @Nullable IOException failure;

    /** Starts at the first byte of {@code newFile}, whose position must be 0. */
    void open(BoundedReader newFile) {
        file = newFile;
        pastEnd = false;
        failure = null;
        streamPos = 0;
        flushedPos = 0;
        bitOffset = 0;
    }

    /** Releases the file. Keeps the position, because a reader may seek back before it reads the next file. */
    void release() {
        file = NO_FILE;
        byteOrder = ByteOrder.BIG_ENDIAN;
    }

    /** Returns whether a read went beyond the end of the file. */
    boolean pastEnd() {
        return pastEnd;
    }

    /** Returns the exception of a failed read, or null. ImageIO readers replace it by exceptions of their own. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return available(1) < 1 ? -1 : file.buffer()[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        bitOffset = 0;
        if (count == 0) {
            return 0;
        }
        int available = available(count);
        if (available == 0) {
            return -1;
        }
        System.arraycopy(file.buffer(), (int) streamPos, bytes, offset, available);
        streamPos += available;
        return available;
    }

    /** Returns how many of the next {@code count} bytes the file has, or 0 at its end. */
    private int available(int count) throws IOException {
        try {
            long end = streamPos + count;
            if (end > file.buffer().length) {
                throw UnreadableImageException.unsupported("the image's size comes too late in the file");
            }
            int available = (int) Math.max(0, file.peek((int) end) - streamPos);
            pastEnd |= available < count;
            return available;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public long length() {
        return file.length();
    }
}
