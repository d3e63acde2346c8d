package io.imageprocessor.image.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.imageprocessor.Proofs;
import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damages real files at random: every file yields dimensions or a reason, in limited time and memory.
 * {@code -Dmutations=100000} tries more mutations than the build.
 */
class MutationTest {

    private static final int MUTATIONS = Proofs.count("mutations", 60, 1_000);
    private static final long FIRST_SEED = Proofs.seed("MutationTest", MUTATIONS);
    private static final long MOST_ALLOCATED = 512 * 1024;

    private static final int[] NASTY = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF, 0x10000, 0x7FFFFFF0};

    private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    static Stream<SamplePhoto> all() {
        return SamplePhoto.all().filter(photo -> photo.bytes().length > 0);
    }

    @ParameterizedTest
    @MethodSource("all")
    void returnsDimensionsOrAReason(SamplePhoto photo) throws IOException {
        byte[] file = photo.bytes();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] mutated = mutated(file, random);
            int atOnce = 1 + random.nextInt(2000);
            long declaredLength = declaredLength(mutated, random);
            measure(reader::readWhole, mutated, atOnce, declaredLength, seed);
            measure(reader::readHeader, mutated, atOnce, declaredLength, seed);
        }
    }

    private void measure(Reading reading, byte[] file, int atOnce, long declaredLength, long seed) throws IOException {
        // A first run, so that objects created only once are not counted.
        outcomeOf(reading, FileSource.of(file));
        FileSource source = new FileSource(file, atOnce, declaredLength);
        // CPU time of this thread, so other load does not count.
        long start = memory.getCurrentThreadCpuTime();
        long allocated = memory.getCurrentThreadAllocatedBytes();

        outcomeOf(reading, source);

        assertThat(memory.getCurrentThreadAllocatedBytes() - allocated)
                .as("bytes allocated, seed %d", seed)
                .isLessThan(MOST_ALLOCATED);
        assertThat(Duration.ofNanos(memory.getCurrentThreadCpuTime() - start))
                .as("seed %d", seed)
                .isLessThan(Duration.ofSeconds(1));
    }

    @FunctionalInterface
    private interface Reading {
        ImageDimensions of(ByteSource source, byte[] buffer) throws IOException;
    }

    private void outcomeOf(Reading reading, FileSource source) throws IOException {
        try {
            ImageDimensions dimensions = reading.of(source, buffer);
            assertThat(dimensions.width()).isPositive();
            assertThat(dimensions.height()).isPositive();
        } catch (UnreadableImageException e) {
            assertThat(e.clause()).isNotBlank();
        }
    }

    private static long declaredLength(byte[] file, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> -1;
            case 1 -> file.length;
            default -> Long.MAX_VALUE;
        };
    }

    /** Changes a file, mostly near its beginning, where the dimensions are; some files grow by a repeated slice. */
    private static byte[] mutated(byte[] file, Random random) {
        byte[] mutated = Arrays.copyOf(file, random.nextInt(5) == 0 ? 1 + random.nextInt(file.length) : file.length);
        int head = Math.min(mutated.length, random.nextBoolean() ? 64 : 1000);
        for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
            int at = random.nextInt(random.nextInt(3) == 0 ? mutated.length : head);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = (byte) random.nextInt();
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    if (at + 4 <= mutated.length) {
                        ByteBuffer.wrap(mutated).putInt(at, NASTY[random.nextInt(NASTY.length)]);
                    }
                }
                default -> {
                    int from = random.nextInt(mutated.length);
                    int count = Math.min(random.nextInt(40), mutated.length - Math.max(at, from));
                    System.arraycopy(mutated, from, mutated, at, Math.max(0, count));
                }
            }
        }
        return random.nextInt(4) == 0 ? repeating(mutated, random.nextInt(head), random) : mutated;
    }

    /** Repeats the slice at {@code at} many times, to imitate sequences of structures and nested structures. */
    private static byte[] repeating(byte[] file, int at, Random random) {
        int slice = Math.min(1 + random.nextInt(40), file.length - at);
        int times = 1 + random.nextInt(3000);
        ByteBuffer longer = ByteBuffer.allocate(file.length + slice * times).put(file, 0, at);
        for (int i = 0; i < times; i++) {
            longer.put(file, at, slice);
        }
        return longer.put(file, at, file.length - at).array();
    }
}
