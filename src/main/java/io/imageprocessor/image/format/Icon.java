package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Detects icons and cursors of Windows. Their four bytes of signature are common in other files, so the image that is
 * first in the file must be where the directory places it.
 */
final class Icon {

    private static final int DIRECTORY_HEADER_LENGTH = 6;
    private static final int ENTRY_LENGTH = 16;
    private static final String PNG = "\u0089PNG\r\n\u001A\n";

    /** Number of bytes of an image that are looked at. */
    private static final int IMAGE_START_LENGTH = 16;

    private static final long NO_IMAGE = Long.MAX_VALUE;

    private Icon() {}

    /** Returns whether the file, whose position must be 0, is an icon ({@code type} 1) or a cursor (2). */
    static boolean isDirectory(Signature start, int type, BoundedReader file) throws IOException {
        if (!start.is("\0\0") || start.length() < DIRECTORY_HEADER_LENGTH + ENTRY_LENGTH || start.shortAt(2) != type) {
            return false;
        }
        int images = start.shortAt(4);
        int reserved = start.byteAt(9);
        long position = firstImage(images, file);
        if (position == NO_IMAGE) {
            return false;
        }
        long end = position + IMAGE_START_LENGTH;
        if (end <= file.buffer().length && file.peek((int) end) == end) {
            return isImage(new Signature(file.buffer(), (int) end), (int) position);
        }
        // The image cannot be seen, because the file is truncated or its directory is very long.
        return position == DIRECTORY_HEADER_LENGTH + (long) ENTRY_LENGTH * images && reserved == 0;
    }

    /** Returns the lowest position of an image, or {@link #NO_IMAGE} if no entry of the directory has a legal one. */
    private static long firstImage(int images, BoundedReader file) throws IOException {
        int wanted = Math.min(file.buffer().length, DIRECTORY_HEADER_LENGTH + ENTRY_LENGTH * images);
        Signature directory = new Signature(file.buffer(), file.peek(wanted));
        long lowest = NO_IMAGE;
        for (int entry = DIRECTORY_HEADER_LENGTH; entry + ENTRY_LENGTH <= directory.length(); entry += ENTRY_LENGTH) {
            long length = Integer.toUnsignedLong(Integer.reverseBytes(directory.intAt(entry + 8)));
            long position = Integer.toUnsignedLong(Integer.reverseBytes(directory.intAt(entry + 12)));
            if (length >= IMAGE_START_LENGTH && position >= DIRECTORY_HEADER_LENGTH + ENTRY_LENGTH) {
                lowest = Math.min(lowest, position);
            }
        }
        return lowest;
    }

    /** An image is a PNG, or a bitmap without its file header. */
    private static boolean isImage(Signature file, int position) {
        return file.is(position, PNG)
                || switch (Integer.reverseBytes(file.intAt(position))) {
                    case 12 -> file.shortAt(position + 8) <= 1;
                    case 40, 52, 56, 64, 108, 124 -> file.shortAt(position + 12) <= 1;
                    default -> false;
                };
    }
}
