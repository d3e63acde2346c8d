package io.imageprocessor.image.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Netpbm's PBM, PGM, PPM and PAM, going by the manual pages of those names. The library reader takes a width of 0 for
 * one that is yet to come, and one of ten digits for damage.
 */
final class Pnm {

    /** Longer than any header, with all of its comments. */
    private static final int LONGEST_HEADER = 8 * 1024;

    /** Longer words than the header has, and longer numbers than any size. */
    private static final int LONGEST_WORD = 20;

    private Pnm() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(1);
        return file.readUnsignedByte() == '7'
                ? readNamedFields(file)
                : ImageHeader.of(readNumber(file), readNumber(file));
    }

    private static ImageHeader readNamedFields(BoundedReader file) throws IOException {
        @Nullable Long width = null;
        @Nullable Long height = null;
        for (String name = readWord(file); !name.equals("ENDHDR"); name = readWord(file)) {
            switch (name) {
                case "WIDTH" -> width = readNumber(file);
                case "HEIGHT" -> height = readNumber(file);
                // Depth, largest value, type of tuples.
                default -> readWord(file);
            }
        }
        if (width == null || height == null) {
            throw UnreadableImageException.damaged();
        }
        return ImageHeader.of(width, height);
    }

    private static long readNumber(BoundedReader file) throws IOException {
        try {
            return Long.parseLong(readWord(file));
        } catch (NumberFormatException e) {
            throw UnreadableImageException.damaged();
        }
    }

    /** The next word, after white space and comments; the character after it is gone too. */
    private static String readWord(BoundedReader file) throws IOException {
        StringBuilder word = new StringBuilder();
        while (true) {
            int c = file.readUnsignedByte();
            if (c == '#') {
                skipComment(file);
            } else if (!isSpace(c)) {
                word.append((char) c);
            }
            if (!word.isEmpty() && (c == '#' || isSpace(c))) {
                return word.toString();
            }
            if (word.length() > LONGEST_WORD || file.position() > LONGEST_HEADER) {
                throw UnreadableImageException.damaged();
            }
        }
    }

    private static void skipComment(BoundedReader file) throws IOException {
        int c;
        do {
            c = file.readUnsignedByte();
        } while (c != '\n' && c != '\r');
    }

    private static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
