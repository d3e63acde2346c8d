package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictUtf8InputTest {

    /** Every byte that begins or ends a range of a table in RFC 3629, and its neighbours. */
    private static final int[] EDGES = {
        0x01, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF
    };

    @Test
    void replacesABytePreciselyIfTheBytesAreNotUtf8() throws IOException {
        byte[] text = "{\"abcdefghijk\": \"....\"}".getBytes(UTF_8);
        int start = new String(text, UTF_8).indexOf("....");
        for (int first : EDGES) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    for (int fourth : EDGES) {
                        text[start] = (byte) first;
                        text[start + 1] = (byte) second;
                        text[start + 2] = (byte) third;
                        text[start + 3] = (byte) fourth;

                        byte[] read = new StrictUtf8Input(new ByteArrayInputStream(text)).readAllBytes();

                        assertThat(isUtf8(read)).isEqualTo(isUtf8(text));
                        if (isUtf8(text)) {
                            assertThat(read).isEqualTo(text);
                        }
                    }
                }
            }
        }
    }

    @Test
    void readsTheSameInPartsOfAnySize() throws IOException {
        byte[] text = "{\"é漢字\uD83D\uDCF7\": \"plain text, and then \u00FF\uD83D\uDCF7\"}".getBytes(UTF_8);
        for (int size = 1; size < text.length; size++) {
            assertThat(inParts(text, size)).isEqualTo(text);
        }
        byte[] overlong = text.clone();
        overlong[5] = (byte) 0xE0;
        overlong[6] = (byte) 0x80;
        for (int size = 1; size < text.length; size++) {
            assertThat(isUtf8(inParts(overlong, size))).isFalse();
        }
    }

    @Test
    void passesRandomTextUnchanged() throws IOException {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder("{");
        random.ints(100_000, 1, 0x110000)
                .filter(point -> Character.getType(point) != Character.SURROGATE)
                .map(point -> random.nextBoolean() ? (point & 0x7F) | 1 : point)
                .forEach(text::appendCodePoint);
        byte[] bytes = text.toString().getBytes(UTF_8);

        assertThat(new StrictUtf8Input(new ByteArrayInputStream(bytes)).readAllBytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void makesOtherEncodingsInvalidInTheirFirstBytes(String charset) throws IOException {
        byte[] bytes = "{\"é\": \"漢\"}".getBytes(Charset.forName(charset));

        assertThat(new StrictUtf8Input(new ByteArrayInputStream(bytes)).readNBytes(4))
                .contains(0xFF)
                .doesNotContain(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "\uFEFF{}"})
    void passesShortTextsUnchanged(String text) throws IOException {
        assertThat(new StrictUtf8Input(new ByteArrayInputStream(text.getBytes(UTF_8))).readAllBytes())
                .isEqualTo(text.getBytes(UTF_8));
        assertThat(inParts(text.getBytes(UTF_8), 1)).isEqualTo(text.getBytes(UTF_8));
    }

    @Test
    void readsSingleBytes() throws IOException {
        InputStream in = new StrictUtf8Input(new ByteArrayInputStream(new byte[] {'{', (byte) 0xC0, '}'}));

        assertThat(new int[] {in.read(), in.read(), in.read(), in.read()}).containsExactly('{', 0xFF, '}', -1);
    }

    private static byte[] inParts(byte[] text, int size) throws IOException {
        InputStream parts = new ByteArrayInputStream(text) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(size, length));
            }
        };
        return new StrictUtf8Input(parts).readAllBytes();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
