package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.api.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipInputStreamTest {

    private static final int HEADER_LENGTH = 10;

    @Test
    void unpacksWhateverSizeABodyHas() throws IOException {
        for (int length : new int[] {0, 1, 8_191, 8_192, 8_193, 1_000_000}) {
            byte[] bytes = new byte[length];
            new Random(length).nextBytes(bytes);

            assertThat(unpacked(gzip(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void unpacksMembersOneAfterAnother() throws IOException {
        assertThat(unpacked(join(gzip("{\"a\"".getBytes(UTF_8)), gzip(new byte[0]), gzip(": 1}".getBytes(UTF_8)))))
                .asString(UTF_8)
                .isEqualTo("{\"a\": 1}");
    }

    @Test
    void goesThroughAChainOfEmptyMembersWithoutGoingDeeper() throws IOException {
        byte[] empty = gzip(new byte[0]);
        byte[] chain = new byte[empty.length * 200_000];
        for (int start = 0; start < chain.length; start += empty.length) {
            System.arraycopy(empty, 0, chain, start, empty.length);
        }

        assertThat(unpacked(chain)).isEmpty();
    }

    @Test
    void unpacksFromAConnectionThatBringsOneByteAtATime() throws IOException {
        InputStream drip = new ByteArrayInputStream(gzip("a photo".getBytes(UTF_8))) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1));
            }
        };

        assertThat(new GzipInputStream(drip).readAllBytes()).asString(UTF_8).isEqualTo("a photo");
    }

    @Test
    void passesOverEveryOptionalPartOfTheHeader() throws IOException {
        byte[] plain = gzip("a photo".getBytes(UTF_8));
        byte[] head = Arrays.copyOf(plain, HEADER_LENGTH);
        head[3] = 0b1_1111;
        byte[] options = join(new byte[] {3, 0, 1, 2, 3}, "name.json\0".getBytes(UTF_8), "a comment\0".getBytes(UTF_8));
        CRC32 checksum = new CRC32();
        checksum.update(join(head, options));
        byte[] checked = {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)};

        assertThat(unpacked(join(head, options, checked, Arrays.copyOfRange(plain, HEADER_LENGTH, plain.length))))
                .asString(UTF_8)
                .isEqualTo("a photo");
    }

    @Test
    void refusesABodyThatIsCutOffWhereverThatIs() throws IOException {
        byte[] packed = gzip("{\"count\": 1}".getBytes(UTF_8));
        for (int length = 0; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);

            assertThatExceptionOfType(RejectedException.class)
                    .isThrownBy(() -> unpacked(cut))
                    .withMessage("the gzip body is cut off");
        }
    }

    @Test
    void neverTakesADamagedBodyForAnother() throws IOException {
        byte[] body = "{\"count\": 1, \"visits\": []}".repeat(9).getBytes(UTF_8);
        byte[] packed = gzip(body);
        int rejected = 0;
        for (int bit = 0; bit < 8 * packed.length; bit++) {
            byte[] damaged = packed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(unpacked(damaged)).as("bit " + bit).isEqualTo(body);
            } catch (RejectedException e) {
                rejected++;
            }
        }

        // In the header, the time, the system and whether it is text say nothing of the body, nor does what fills the
        // last
        // byte of the data.
        int harmless = 6 * 8 + 1 + 7;
        assertThat(rejected).isGreaterThanOrEqualTo(8 * packed.length - harmless);
    }

    @Test
    void refusesWhatFollowsTheLastMember() throws IOException {
        byte[] packed = gzip("{}".getBytes(UTF_8));

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> unpacked(join(packed, "rest".getBytes(UTF_8))))
                .withMessage("the body is not the gzip that Content-Encoding says it is");
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (GzipInputStream in = new GzipInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
