package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a gzip body (RFC 1952) as it streams: its members one after another, each with its checksum. The JDK's stream
 * would go a call deeper for each member that is empty, and a body may have millions of those. Fails with 400 if the
 * body is not gzip to its last byte. Holds native memory until it is closed. Used by one thread.
 */
final class GzipInputStream extends InputStream {

    private static final int BUFFER_SIZE = 8 * 1024;

    private static final int DEFLATE = 8;
    private static final int HAS_CHECKSUM = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;
    private static final int RESERVED = 0b1110_0000;

    private final InputStream packed;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private int position;
    private int limit;
    private boolean begun;
    private boolean inMember;

    GzipInputStream(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || beginMember()) {
            int count = inflate(target, offset, length);
            if (count > 0) {
                checksum.update(target, offset, count);
                return count;
            }
            endMember();
        }
        return -1;
    }

    /** False at the end of the body, though not before the first member. */
    private boolean beginMember() throws IOException {
        if (begun && position == limit && !fill()) {
            return false;
        }
        if (next() != 0x1F || next() != 0x8B || next() != DEFLATE) {
            throw damaged();
        }
        skipRestOfHeader(next());
        inflater.reset();
        checksum.reset();
        begun = true;
        inMember = true;
        return true;
    }

    private void skipRestOfHeader(int flags) throws IOException {
        if ((flags & RESERVED) != 0) {
            throw damaged();
        }
        // The time, how hard it was packed, and where.
        skipBytes(6);
        if ((flags & HAS_EXTRA) != 0) {
            skipBytes(next() | next() << 8);
        }
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

    /** Zero at the end of the member. */
    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            while (!inflater.finished()) {
                int count = inflater.inflate(target, offset, length);
                if (count > 0) {
                    return count;
                }
                if (inflater.needsInput()) {
                    require();
                    inflater.setInput(buffer, position, limit - position);
                    position = limit;
                }
            }
        } catch (DataFormatException e) {
            throw (RejectedException) damaged().initCause(e);
        }
        position = limit - inflater.getRemaining();
        return 0;
    }

    private void endMember() throws IOException {
        if (nextInt() != (int) checksum.getValue() || nextInt() != (int) inflater.getBytesWritten()) {
            throw damaged();
        }
        inMember = false;
    }

    private void skipBytes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // On to its end.
        }
    }

    private int nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    private int next() throws IOException {
        require();
        return buffer[position++] & 0xFF;
    }

    /** Has at least one byte in the buffer. */
    private void require() throws IOException {
        if (position == limit && !fill()) {
            throw RejectedException.badRequest("the gzip body is cut off");
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, packed.read(buffer));
        return limit > 0;
    }

    private static RejectedException damaged() {
        return RejectedException.badRequest("the body is not the gzip that Content-Encoding says it is");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        packed.close();
    }
}
