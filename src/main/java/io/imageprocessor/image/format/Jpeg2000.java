package io.imageprocessor.image.format;

import java.io.IOException;

/** Reads JPEG 2000 by ITU-T T.800, in boxes or as a codestream without boxes. There is no maintained library for it. */
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

    private static boolean isCodestream(byte[] bytes) {
        return ((bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF)) == CODESTREAM;
    }

    /** Reads the image header, which is the first box inside the header box. */
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

    /** Reads the size segment. The image is the part of the reference grid after the offset of the image area. */
    private static ImageHeader readCodestream(BoundedReader file) throws IOException {
        // Skip the start of the codestream, and marker, length and capabilities of the size segment.
        file.skip(8);
        long right = file.readUnsignedInt();
        long bottom = file.readUnsignedInt();
        long left = file.readUnsignedInt();
        long top = file.readUnsignedInt();
        return ImageHeader.of(right - left, bottom - top);
    }
}
