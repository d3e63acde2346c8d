package io.imageprocessor.image.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads PBM, PGM, PPM and PAM by the manual pages of Netpbm. The library reader treats a width of 0 as missing, and a
 * width of ten digits as damage.
 */
final class Pnm {

    /** Limit in bytes for a header, comments included; real headers are shorter. */
    private static final int MAX_HEADER_LENGTH = 8 * 1024;

    /** Limit in characters for a word; real keywords and numbers are shorter. */
    private static final int MAX_WORD_LENGTH = 20;

    /** Limit of the value that stands for white. */
    private static final int MAX_SAMPLE = 65_535;

    private Pnm() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(1);
        int type = file.readUnsignedByte();
        if (type == '7') {
            return readNamedFields(file);
        }
        ImageHeader header = ImageHeader.of(readNumber(file), readNumber(file));
        if (type != '1' && type != '4') {
            checkMaximum(readNumber(file));
        }
        if (type <= '3') {
            checkSample(type, file);
        }
        return header;
    }

    /** The samples of these types are numbers. A text that begins like such a file goes on with words. */
    private static void checkSample(int type, BoundedReader file) throws IOException {
        if (!file.atEnd()) {
            int c = file.readUnsignedByte();
            if (!isSpace(c) && c != '#' && (c < '0' || c > (type == '1' ? '1' : '9'))) {
                throw UnreadableImageException.notAnImage();
            }
        }
    }

    /** Two bytes are little of a signature: some texts begin with them and two numbers. */
    private static void checkMaximum(long maximum) throws UnreadableImageException {
        if (maximum < 1 || maximum > MAX_SAMPLE) {
            throw UnreadableImageException.notAnImage();
        }
    }

    private static ImageHeader readNamedFields(BoundedReader file) throws IOException {
        @Nullable Long width = null;
        @Nullable Long height = null;
        for (String name = readWord(file); !name.equals("ENDHDR"); name = readWord(file)) {
            switch (name) {
                case "WIDTH" -> width = readNumber(file);
                case "HEIGHT" -> height = readNumber(file);
                case "DEPTH", "MAXVAL" -> readNumber(file);
                // The tuple type may have several words.
                default -> skipLine(file);
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

    /** Reads the next word after white space and comments, and the character after the word. */
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
            if (word.length() > MAX_WORD_LENGTH || file.position() > MAX_HEADER_LENGTH) {
                throw UnreadableImageException.damaged();
            }
        }
    }

    /** Skips the rest of a line, unless the last word ended it. */
    private static void skipLine(BoundedReader file) throws IOException {
        for (int c = file.before(1); c != '\n' && c != '\r'; c = file.readUnsignedByte()) {
            if (file.position() > MAX_HEADER_LENGTH) {
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
