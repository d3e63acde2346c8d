package io.imageprocessor.image.format;

import java.io.IOException;

/** JPEG 2000, going by ITU-T T.800: in boxes, or as a bare codestream. There is no maintained library for it. */
final class Jpeg2000 {

    private static final int CODESTREAM = 0xFF4F;
    private static final int HEADER = IsoBox.type("jp2h");
    private static final int IMAGE_HEADER = IsoBox.type("ihdr");

    private Jpeg2000() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        if (file.peek(2) == 2 && isCodestream(file.buffer())) {
            return readCodestream(file);
        }
        return readImageHeader(file);
    }

    private static boolean isCodestream(byte[] head) {
        return ((head[0] & 0xFF) << 8 | (head[1] & 0xFF)) == CODESTREAM;
    }

    /** The image header is the first box in the one header that a file has. */
    private static ImageHeader readImageHeader(BoundedReader file) throws IOException {
        IsoBox header = find(HEADER, IsoBox.FILE, file);
        find(IMAGE_HEADER, header, file);
        long height = file.readUnsignedInt();
        long width = file.readUnsignedInt();
        return ImageHeader.of(width, height);
    }

    private static IsoBox find(int type, IsoBox parent, BoundedReader file) throws IOException {
        while (parent.hasNext(file)) {
            IsoBox box = parent.next(file);
            if (box.type() == type) {
                return box;
            }
            box.skip(file);
        }
        throw UnreadableImageException.damaged();
    }

    /** The image is what of the reference grid lies beyond the offset of the image area. */
    private static ImageHeader readCodestream(BoundedReader file) throws IOException {
        // Start of codestream, marker, length and capabilities of the size segment.
        file.skip(8);
        long right = file.readUnsignedInt();
        long bottom = file.readUnsignedInt();
        long left = file.readUnsignedInt();
        long top = file.readUnsignedInt();
        return ImageHeader.of(right - left, bottom - top);
    }
}
