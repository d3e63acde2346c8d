package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * A box of the ISO base media file format (ISO/IEC 14496-12), of which HEIF and JPEG 2000 files are made: a length, a
 * type and a content, which may be boxes again.
 *
 * @param type four characters
 * @param end position in the file of the first byte after it; {@link Long#MAX_VALUE} if it reaches to the file's end
 */
record IsoBox(int type, long end) {

    private static final int HEADER_LENGTH = 8;
    private static final int LONG_HEADER_LENGTH = 16;

    /** Around everything that is in a file. */
    static final IsoBox FILE = new IsoBox(0, Long.MAX_VALUE);

    static int type(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }

    /** Whether there is another box in this one, from the file's position on. */
    boolean hasNext(BoundedReader file) throws IOException {
        return file.position() < end && !(end == Long.MAX_VALUE && file.atEnd());
    }

    /** Reads the header of the next box in this one; the file stands at its content then. */
    IsoBox next(BoundedReader file) throws IOException {
        long start = file.position();
        long length = file.readUnsignedInt();
        int type = (int) file.readUnsignedInt();
        if (length == 0) {
            return new IsoBox(type, end);
        }
        int headerLength = HEADER_LENGTH;
        if (length == 1) {
            length = file.readLong();
            headerLength = LONG_HEADER_LENGTH;
        }
        // Every box has to bring the file forward, and none may reach out of the one around it.
        if (length < headerLength || length > end - start) {
            throw UnreadableImageException.damaged();
        }
        return new IsoBox(type, start + length);
    }

    /** Leaves out what was not read of this box. */
    void skip(BoundedReader file) throws IOException {
        if (file.position() > end) {
            throw UnreadableImageException.damaged();
        }
        if (end == Long.MAX_VALUE) {
            file.skipToEnd();
        } else {
            file.skip(end - file.position());
        }
    }
}
