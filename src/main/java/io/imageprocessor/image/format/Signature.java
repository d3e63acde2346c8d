package io.imageprocessor.image.format;

import java.nio.charset.StandardCharsets;

/** Compares the first bytes of a file with the signatures of formats. */
final class Signature {

    private final byte[] bytes;
    private final int length;

    /** Creates a signature from the first {@code length} of {@code bytes}. */
    Signature(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    int length() {
        return length;
    }

    /** Returns the byte at {@code offset}, which must be less than {@link #length()}; from -128 to 127. */
    byte byteAt(int offset) {
        return bytes[offset];
    }

    /** Returns the first byte, from 0 to 255, or -1 if the file is empty. */
    int firstByte() {
        return length == 0 ? -1 : bytes[0] & 0xFF;
    }

    /** Returns whether the file begins with {@code magic}, in which each character is the value of a byte. */
    boolean is(String magic) {
        return is(0, magic);
    }

    /** Returns whether the bytes at {@code offset} are {@code magic}. */
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

    /** Returns the two bytes at {@code offset} as a little-endian number; both must exist. */
    int shortAt(int offset) {
        return (bytes[offset] & 0xFF) | (bytes[offset + 1] & 0xFF) << 8;
    }

    /** Returns the four bytes at {@code offset} as a big-endian number; all four must exist. */
    int intAt(int offset) {
        return bytes[offset] << 24
                | (bytes[offset + 1] & 0xFF) << 16
                | (bytes[offset + 2] & 0xFF) << 8
                | (bytes[offset + 3] & 0xFF);
    }

    /** Returns up to {@code count} characters from {@code offset}, one per byte. */
    String text(int offset, int count) {
        return offset >= length
                ? ""
                : new String(bytes, offset, Math.min(count, length - offset), StandardCharsets.ISO_8859_1);
    }

    /** Returns all bytes, one character per byte. */
    String text() {
        return text(0, length);
    }
}
