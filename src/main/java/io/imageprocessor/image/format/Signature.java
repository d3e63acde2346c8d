package io.imageprocessor.image.format;

import java.nio.charset.StandardCharsets;

/** The first bytes of a file, for comparison with what formats begin with. */
final class Signature {

    private final byte[] bytes;
    private final int length;

    /** @param bytes of which the first {@code length} are the file's */
    Signature(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    int length() {
        return length;
    }

    /** From -128 to 127; there has to be one at {@code offset}. */
    byte byteAt(int offset) {
        return bytes[offset];
    }

    /** 0 to 255, or -1 where there is none. */
    int firstByte() {
        return length == 0 ? -1 : bytes[0] & 0xFF;
    }

    /** Whether the file begins with these bytes, each written as the character of its value. */
    boolean is(String magic) {
        return is(0, magic);
    }

    /** Whether these bytes stand at {@code offset}. */
    boolean is(int offset, String magic) {
        if (length < offset + magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if ((bytes[offset + i] & 0xFF) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The four bytes at {@code offset}, the most significant first; there have to be as many. */
    int intAt(int offset) {
        return bytes[offset] << 24
                | (bytes[offset + 1] & 0xFF) << 16
                | (bytes[offset + 2] & 0xFF) << 8
                | (bytes[offset + 3] & 0xFF);
    }

    /** As many characters as there are of {@code count} from {@code offset} on, one per byte. */
    String text(int offset, int count) {
        return offset >= length
                ? ""
                : new String(bytes, offset, Math.min(count, length - offset), StandardCharsets.ISO_8859_1);
    }

    /** All of it, one character per byte. */
    String text() {
        return text(0, length);
    }
}
