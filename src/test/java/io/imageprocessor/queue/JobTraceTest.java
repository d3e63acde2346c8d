package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.TraceParent;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobTraceTest {

    private static final String IDS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

    @ParameterizedTest
    @CsvSource({"1, 1", "100, 100", "101, 51", "200, 100", "1000, 100", "1000000, 100"})
    void samplesAllImagesOfASmallJobAndAtMostAHundredOfALargeOne(int images, int sampled) {
        assertThat(sampled("01", images)).isEqualTo(sampled);
    }

    @Test
    void samplesNothingOfATraceThatIsNotRecorded() {
        assertThat(sampled("00", 1_000)).isZero();
    }

    @Test
    void isNullForAJobWithoutTrace() {
        assertThat(JobTrace.of(Optional.empty(), 10)).isNull();
    }

    private static long sampled(String flags, int images) {
        JobTrace trace = Objects.requireNonNull(JobTrace.of(Optional.of(new TraceParent(IDS + flags)), images));
        return IntStream.range(0, images).filter(trace::samples).count();
    }
}
