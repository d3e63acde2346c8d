package io.imageprocessor.image.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * Reads Truevision TGA by its specification, version 2.0. The library reader first searches a footer at the end of the
 * file.
 *
 * <p>The format has no signature at its beginning. So all fields of the header must be legal, and the file must have
 * the length that follows from them, or end with the footer of version 2.0. Compressed pixels are counted, so this
 * reads the whole file.
 *
 * @param idLength length in bytes of the text after the header
 * @param colors the length in bytes of the colour map
 * @param compressed whether the pixels are run-length encoded
 * @param width in pixels
 * @param height in pixels
 * @param depth bits per pixel
 * @param strict whether all bytes without a meaning are 0
 */
record Tga(int idLength, int colors, boolean compressed, int width, int height, int depth, boolean strict) {

    private static final int HEADER_LENGTH = 18;
    private static final String FOOTER = "TRUEVISION-XFILE.\0";

    /** Limit in bytes for padding after the pixels, such as to the end of a sector. */
    private static final int MAX_PADDING = 4 * 1024;

    static ImageHeader read(BoundedReader file) throws IOException {
        Tga header = of(new Signature(file.buffer(), file.peek(HEADER_LENGTH)));
        file.byteOrder(ByteOrder.LITTLE_ENDIAN);
        if (header.pixels() != 0 && !header.fits(file)) {
            throw UnreadableImageException.notAnImage();
        }
        return ImageHeader.of(header.width, header.height);
    }

    private static Tga of(Signature start) {
        int type = start.byteAt(2);
        boolean mapped = start.byteAt(1) == 1;
        return new Tga(
                start.byteAt(0) & 0xFF,
                mapped ? start.shortAt(5) * bytes(start.byteAt(7)) : 0,
                type > 8,
                start.shortAt(12),
                start.shortAt(14),
                start.byteAt(16),
                mapped || start.is(3, "\0\0\0\0\0"));
    }

    private static int bytes(int bits) {
        return (bits + 7) / 8;
    }

    /** Returns whether the header can be that of a TGA. */
    static boolean isHeader(Signature start) {
        if (start.length() < HEADER_LENGTH) {
            return false;
        }
        int colorMap = start.byteAt(1);
        int type = start.byteAt(2);
        int depth = start.byteAt(16);
        boolean mapped = type == 1 || type == 9;
        boolean trueColor = type == 2 || type == 10;
        boolean gray = type == 3 || type == 11;
        Tga header = of(start);
        return (mapped || trueColor || gray)
                && (colorMap == 1 ? isDepth(start.byteAt(7)) || header.colors == 0 : colorMap == 0 && !mapped)
                && (trueColor ? isDepth(depth) : depth == 8 || depth == 16)
                && (start.byteAt(17) & 0xC0) == 0
                // Without any size, a header is little more than zeros.
                && (header.pixels() != 0 || (header.strict && header.width != header.height));
    }

    private static boolean isDepth(int bits) {
        return bits == 15 || bits == 16 || bits == 24 || bits == 32;
    }

    private long pixels() {
        return (long) width * height;
    }

    /** Returns whether the file has the pixels and ends after them, or with a footer. */
    private boolean fits(BoundedReader file) throws IOException {
        long end = HEADER_LENGTH + (long) idLength + colors;
        if (!compressed) {
            end += pixels() * bytes(depth);
        } else if (!file.reach(end) || !skipPackets(file)) {
            return false;
        } else {
            end = file.position();
        }
        int padding = strict ? MAX_PADDING : 0;
        long length = file.length();
        if (length >= 0 && length <= end + padding) {
            return length >= end;
        }
        return file.reach(end) && (file.peek(padding + 1) <= padding || hasFooter(file));
    }

    /**
     * Skips the packets of all pixels; returns false if the file ends before. Some encoders end a line, and so the
     * image, in the middle of a packet.
     */
    private boolean skipPackets(BoundedReader file) throws IOException {
        long remaining = pixels();
        while (remaining > 0 && !file.atEnd()) {
            int packet = file.readUnsignedByte();
            int count = (packet & 0x7F) + 1;
            // The highest bit states that one pixel follows, which is repeated.
            int values = packet >= 0x80 ? 1 : count;
            remaining -= count;
            if (!file.reach(file.position() + (long) values * bytes(depth))) {
                return false;
            }
        }
        return remaining == 0 || (strict && remaining < 0);
    }

    private static boolean hasFooter(BoundedReader file) throws IOException {
        file.skipToEnd();
        for (int i = 0; i < FOOTER.length(); i++) {
            if (file.before(FOOTER.length() - i) != FOOTER.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
