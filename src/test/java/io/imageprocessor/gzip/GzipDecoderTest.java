package io.imageprocessor.gzip;

import static io.imageprocessor.gzip.Gzip.gzip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.gzip.GzipException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipDecoderTest {

    private static final int HEADER_LENGTH = 10;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int MAX_TEXT = 64 * 1024;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 1_000_000})
    void decodesBodiesOfAnySize(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        assertThat(decodedFully(gzip(bytes))).isEqualTo(bytes);
        assertThat(firstMemberOf(gzip(bytes))).isEqualTo(bytes);
    }

    @Test
    void decodesSingleBytes() throws IOException {
        try (GzipDecoder in = GzipDecoder.ofAllMembers(new ByteArrayInputStream(gzip(new byte[] {-1, 7})))) {
            assertThat(in.read()).isEqualTo(255);
            assertThat(in.read(new byte[0])).isZero();
            assertThat(in.read()).isEqualTo(7);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void decodesAllMembersInOrder() throws IOException {
        assertThat(decodedFully(join(gzip(utf8("{\"a\"")), gzip(new byte[0]), gzip(utf8(": 1}")))))
                .asString(UTF_8)
                .isEqualTo("{\"a\": 1}");
    }

    @Test
    void decodesManyEmptyMembersWithoutRecursion() throws IOException {
        byte[] empty = gzip(new byte[0]);
        byte[] chain = new byte[empty.length * 200_000];
        for (int start = 0; start < chain.length; start += empty.length) {
            System.arraycopy(empty, 0, chain, start, empty.length);
        }

        assertThat(decodedFully(chain)).isEmpty();
        assertThat(firstMemberOf(chain)).isEmpty();
    }

    @Test
    void decodesASourceThatReturnsOneByteAtATime() throws IOException {
        InputStream drip = new ByteArrayInputStream(gzip(utf8("a photo"))) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1));
            }
        };

        try (GzipDecoder in = GzipDecoder.ofAllMembers(drip)) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("a photo");
        }
    }

    @Test
    void skipsEveryOptionalHeaderField() throws IOException {
        byte[] plain = gzip(utf8("a photo"));
        byte[] header = header(plain, 0b1_1111);
        byte[] fields = join(new byte[] {3, 1}, new byte[259], utf8("name.json\0"), utf8("a comment\0"));
        CRC32 checksum = new CRC32();
        checksum.update(join(header, fields));
        byte[] verified = {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)};

        assertThat(decodedFully(join(header, fields, verified, dataOf(plain))))
                .asString(UTF_8)
                .isEqualTo("a photo");
    }

    @Test
    void limitsNameAndCommentOfAnImage() throws IOException {
        byte[] plain = gzip(utf8("a photo"));
        byte[] header = header(plain, HAS_NAME | HAS_COMMENT);
        byte[] longest = join(header, utf8("n".repeat(MAX_TEXT - 1) + "\0c\0"), dataOf(plain));
        byte[] longer = join(header, utf8("n".repeat(MAX_TEXT) + "\0c\0"), dataOf(plain));

        assertThat(firstMemberOf(longest)).asString(UTF_8).isEqualTo("a photo");
        assertThatExceptionOfType(GzipException.class)
                .isThrownBy(() -> firstMemberOf(longer))
                .extracting(GzipException::reason)
                .isEqualTo(Reason.DAMAGED);
        // The limit of a submission is that of its body.
        assertThat(decodedFully(longer)).asString(UTF_8).isEqualTo("a photo");
    }

    @Test
    void ignoresReservedFlagsOfAnImage() throws IOException {
        byte[] plain = gzip(utf8("a photo"));
        byte[] reserved = join(header(plain, 0b1000_0000), dataOf(plain));

        assertThat(firstMemberOf(reserved)).asString(UTF_8).isEqualTo("a photo");
        assertThatExceptionOfType(GzipException.class)
                .isThrownBy(() -> decodedFully(reserved))
                .extracting(GzipException::reason)
                .isEqualTo(Reason.DAMAGED);
    }

    @Test
    void rejectsAHeaderWithoutEndBeforeTheSourceEnds() {
        byte[] header = header(gzip(new byte[0]), HAS_NAME);
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream(header), new InputStream() {
            @Override
            public int read() {
                return 'n';
            }
        });

        assertThatExceptionOfType(GzipException.class)
                .isThrownBy(() -> GzipDecoder.ofFirstMember(endless).readAllBytes())
                .extracting(GzipException::reason)
                .isEqualTo(Reason.DAMAGED);
    }

    @Test
    void reportsTruncationAtEveryLength() {
        byte[] compressed = gzip(utf8("{\"count\": 1}"));
        for (int length = 0; length < compressed.length; length++) {
            assertFails(Arrays.copyOf(compressed, length), Reason.TRUNCATED);
        }
    }

    @Test
    void neverDecodesADamagedBodyToOtherBytes() throws IOException {
        byte[] body = utf8("{\"count\": 1, \"visits\": []}".repeat(9));
        byte[] compressed = gzip(body);
        int rejected = 0;
        for (int bit = 0; bit < 8 * compressed.length; bit++) {
            byte[] damaged = compressed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(decodedFully(damaged)).as("bit " + bit).isEqualTo(body);
            } catch (GzipException e) {
                rejected++;
            }
        }

        // Time, operating system and the text flag do not change the body, nor does the padding of the last data byte.
        int harmless = 6 * 8 + 1 + 7;
        assertThat(rejected).isGreaterThanOrEqualTo(8 * compressed.length - harmless);
    }

    @Test
    void rejectsWrongChecksumsLengthsAndBlockTypes() {
        byte[] checksum = gzip(new byte[100_000]);
        checksum[checksum.length - 8]++;
        byte[] length = gzip(new byte[100_000]);
        length[length.length - 4]++;
        byte[] blockType = gzip(utf8("a photo"));
        blockType[HEADER_LENGTH] |= 6;

        assertFails(checksum, Reason.DAMAGED);
        assertFails(length, Reason.DAMAGED);
        assertFails(blockType, Reason.DAMAGED);
        assertFails(utf8("no gzip at all"), Reason.DAMAGED);
    }

    @Test
    void rejectsBytesAfterTheLastMember() {
        byte[] trailing = join(gzip(utf8("{}")), utf8("rest"));

        assertThatExceptionOfType(GzipException.class)
                .isThrownBy(() -> decodedFully(trailing))
                .extracting(GzipException::reason)
                .isEqualTo(Reason.DAMAGED);
    }

    @Test
    void ignoresBytesAfterTheFirstMemberIfOnlyThatIsDecoded() throws IOException {
        assertThat(firstMemberOf(join(gzip(utf8("{}")), utf8("rest"))))
                .asString(UTF_8)
                .isEqualTo("{}");
        assertThat(firstMemberOf(join(gzip(utf8("{}")), gzip(utf8("more")))))
                .asString(UTF_8)
                .isEqualTo("{}");
    }

    @Test
    void passesExceptionsOfTheSourceOn() {
        EOFException failure = new EOFException("expected by this test");
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw failure;
            }
        };

        assertThatThrownBy(() -> GzipDecoder.ofAllMembers(broken).readAllBytes())
                .isSameAs(failure);
    }

    private static void assertFails(byte[] compressed, Reason reason) {
        for (boolean allMembers : new boolean[] {true, false}) {
            assertThatExceptionOfType(GzipException.class)
                    .isThrownBy(() -> {
                        byte[] _ = allMembers ? decodedFully(compressed) : firstMemberOf(compressed);
                    })
                    .extracting(GzipException::reason)
                    .isEqualTo(reason);
        }
    }

    private static byte[] decodedFully(byte[] compressed) throws IOException {
        try (GzipDecoder in = GzipDecoder.ofAllMembers(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] firstMemberOf(byte[] compressed) throws IOException {
        try (GzipDecoder in = GzipDecoder.ofFirstMember(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] header(byte[] compressed, int flags) {
        byte[] header = Arrays.copyOf(compressed, HEADER_LENGTH);
        header[3] = (byte) flags;
        return header;
    }

    private static byte[] dataOf(byte[] compressed) {
        return Arrays.copyOfRange(compressed, HEADER_LENGTH, compressed.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
