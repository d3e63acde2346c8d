package io.imageprocessor.api.submit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Makes the JSON parser reject all that is not UTF-8 by RFC 3629, section 4. Jackson decodes overlong forms, surrogates
 * and characters above U+10FFFF. This stream replaces the first byte that is invalid in its place by one that is
 * invalid everywhere, so the parser reports it with its position, and after errors before it.
 *
 * <p>JSON is UTF-8 by RFC 8259, section 8.1. Jackson also recognizes UTF-16 and UTF-32 by U+0000 or a mark in the first
 * four bytes, and decodes unpaired surrogates in them, so these bytes are replaced too. Not thread-safe.
 */
final class StrictUtf8Input extends FilterInputStream {

    private static final byte INVALID = (byte) 0xFF;

    private static final int FIRST_CONTINUATION = 0x80;
    private static final int LAST_CONTINUATION = 0xBF;

    /** The parser recognizes the encoding by this many bytes. */
    private static final int DETECTED = 4;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long NON_ASCII = 0x8080_8080_8080_8080L;

    private boolean started;

    /** Bytes that the current character still needs, and the range of the next one. */
    private int missing;

    private int min;
    private int max;

    StrictUtf8Input(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = started ? in.read(buffer, offset, length) : readStart(buffer, offset, length);
        if (read > 0) {
            check(buffer, offset, offset + read);
        }
        return read;
    }

    /** Reads as many bytes as the encoding is recognized by. */
    private int readStart(byte[] buffer, int offset, int length) throws IOException {
        int read = in.readNBytes(buffer, offset, Math.min(DETECTED, length));
        started = true;
        for (int i = offset; i < offset + read; i++) {
            if (buffer[i] == 0) {
                buffer[i] = INVALID;
            }
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    private void check(byte[] buffer, int start, int end) {
        int i = start;
        while (true) {
            if (missing == 0) {
                i = afterAscii(buffer, i, end);
            }
            if (i == end) {
                return;
            }
            if (!accept(buffer[i] & 0xFF)) {
                buffer[i] = INVALID;
            }
            i++;
        }
    }

    private static int afterAscii(byte[] buffer, int start, int end) {
        int i = start;
        while (i <= end - Long.BYTES && ((long) LONGS.get(buffer, i) & NON_ASCII) == 0) {
            i += Long.BYTES;
        }
        while (i < end && buffer[i] >= 0) {
            i++;
        }
        return i;
    }

    private boolean accept(int octet) {
        if (missing == 0) {
            return acceptFirst(octet);
        }
        if (octet < min || octet > max) {
            missing = 0;
            return false;
        }
        missing--;
        min = FIRST_CONTINUATION;
        max = LAST_CONTINUATION;
        return true;
    }

    /** Accepts the first byte of a character that is not ASCII. */
    private boolean acceptFirst(int octet) {
        if (octet < 0xC2 || octet > 0xF4) {
            return false;
        }
        missing = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
        min = switch (octet) {
            case 0xE0 -> 0xA0; // below are overlong forms
            case 0xF0 -> 0x90;
            default -> FIRST_CONTINUATION;
        };
        max = switch (octet) {
            case 0xED -> 0x9F; // above are surrogates
            case 0xF4 -> 0x8F; // above is more than U+10FFFF
            default -> LAST_CONTINUATION;
        };
        return true;
    }
}
