package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * A box of the ISO base media file format (ISO/IEC 14496-12). It has a length, a type and a content, which may be
 * boxes. HEIF and JPEG 2000 files consist of boxes.
 *
 * @param type four characters, the first in the highest byte
 * @param end position in the file of the first byte after the box; {@link Long#MAX_VALUE} if the box extends to the end
 *     of the file
 */
record IsoBox(int type, long end) {

    private static final int HEADER_LENGTH = 8;
    private static final int LONG_HEADER_LENGTH = 16;

    /** The file as a box that contains all others. */
    static final IsoBox FILE = new IsoBox(0, Long.MAX_VALUE);

    static int type(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }

    /** Returns whether this box contains another box at the position of the file. */
    boolean hasNext(BoundedReader file) throws IOException {
        return file.position() < end && !(end == Long.MAX_VALUE && file.atEnd());
    }

    /** Reads the header of the next box in this one. The position of the file is then at its content. */
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
        // Every box must advance the position, and must end within its parent.
        if (length < headerLength || length > end - start) {
            throw UnreadableImageException.damaged();
        }
        return new IsoBox(type, start + length);
    }

    /** Skips the rest of this box. */
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
