package io.imageprocessor.image.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Decodes a URL in a response header.
 *
 * <p>Headers arrive as Latin-1, one character for each byte. Origins write non-ASCII characters of a URL as UTF-8, and
 * some as bytes of another encoding, which only they can interpret.
 */
final class HeaderText {

    private HeaderText() {}

    /**
     * Returns {@code value} decoded as UTF-8. Each byte that is not UTF-8 becomes {@code %XX}, so that a request
     * contains the same bytes as the header.
     */
    static String decoded(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        return value;
    }

    private static String decode(ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(3 * bytes.remaining());
        CoderResult result = decoder.decode(bytes, text, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                appendEscaped(text, bytes.get());
            }
            result = decoder.reset().decode(bytes, text, true);
        }
        return text.flip().toString();
    }

    private static void appendEscaped(CharBuffer text, byte b) {
        text.put('%').put(hex(b >> 4 & 15)).put(hex(b & 15));
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
