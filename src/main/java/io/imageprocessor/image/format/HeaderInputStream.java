package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * Shows a reader of ImageIO's the head of a file, as far as the file's buffer goes, and moves the file not at all. A
 * reader may wait here for the network, as long as it is written in Java. Reusable for one file after another; used by
 * one thread at a time.
 */
final class HeaderInputStream extends ImageInputStreamImpl {

    private static final ByteSource NOTHING = new ByteSource() {
        @Override
        public int read(byte[] buffer, int offset, int length) {
            return -1;
        }

        @Override
        public long promised() {
            return 0;
        }
    };

    private static final BoundedReader NO_FILE = new BoundedReader(NOTHING, new byte[0], 0);

    private BoundedReader file = NO_FILE;
    private boolean pastEnd;
    private @Nullable IOException failure;

    /** Begins anew at the first byte of {@code newFile}, of which nothing has been skipped. */
    void show(BoundedReader newFile) {
        file = newFile;
        pastEnd = false;
        failure = null;
        streamPos = 0;
        flushedPos = 0;
        bitOffset = 0;
    }

    /** Forgets the file. The position stays: a reader may step back from it before it looks at the next one. */
    void forget() {
        file = NO_FILE;
        byteOrder = ByteOrder.BIG_ENDIAN;
    }

    /** Whether something was to be read beyond the end of the file. */
    boolean pastEnd() {
        return pastEnd;
    }

    /** Why bytes could not be had, if they could not; readers make exceptions of their own of it. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return reach(1) < 1 ? -1 : file.buffer()[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        bitOffset = 0;
        if (count == 0) {
            return 0;
        }
        int reached = reach(count);
        if (reached == 0) {
            return -1;
        }
        System.arraycopy(file.buffer(), (int) streamPos, bytes, offset, reached);
        streamPos += reached;
        return reached;
    }

    /** How many of the next {@code count} bytes there are, 0 meaning the end of the file. */
    private int reach(int count) throws IOException {
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
