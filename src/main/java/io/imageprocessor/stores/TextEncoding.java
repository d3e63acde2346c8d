package io.imageprocessor.stores;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The encoding of a text file, by its byte order mark (Unicode 16.0, section 23.8): Excel's "Unicode Text" is UTF-16.
 * Without a mark, the encoding is UTF-8. Thread-safe.
 */
enum TextEncoding {
    UTF_8("UTF-8", StandardCharsets.UTF_8),
    UTF_16_LE("UTF-16", StandardCharsets.UTF_16LE),
    UTF_16_BE("UTF-16", StandardCharsets.UTF_16BE);

    private static final String MARK = "\uFEFF";

    private final String label;
    private final Charset charset;

    TextEncoding(String label, Charset charset) {
        this.label = label;
        this.charset = charset;
    }

    static TextEncoding of(byte[] bytes) {
        return Arrays.stream(values())
                .filter(encoding -> encoding.markLength(bytes) > 0)
                .findFirst()
                .orElse(UTF_8);
    }

    Charset charset() {
        return charset;
    }

    /** Returns the number of bytes of the mark at the start of these bytes; 0 if there is none. */
    int markLength(byte[] bytes) {
        byte[] mark = MARK.getBytes(charset);
        boolean marked = bytes.length >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
        return marked ? mark.length : 0;
    }

    /**
     * Decodes the bytes and drops the text. A decoding reader would not know the line of an invalid byte.
     *
     * @throws StoreMasterException if the bytes are not valid, or contain U+0000, which the ASCII characters of UTF-16
     *     without a mark do, and which PostgreSQL cannot store
     */
    void requireValid(String file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(8_192);
        var decoder = charset.newDecoder();
        long line = 1;
        CoderResult result;
        do {
            result = decoder.decode(in, chars.clear(), true);
            chars.flip();
            while (chars.hasRemaining()) {
                char c = chars.get();
                if (c == 0) {
                    throw StoreMasterException.at(
                            file, line, "a character U+0000; UTF-16 is read only with a byte order mark");
                }
                line += c == '\n' ? 1 : 0;
            }
        } while (result.isOverflow());
        if (result.isError()) {
            throw StoreMasterException.at(file, line, "not valid " + label);
        }
    }
}
