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
    void seesAllImagesOfASmallJobAndAHundredAtMostOfALargeOne(int images, int seen) {
        assertThat(seen("01", images)).isEqualTo(seen);
    }

    @Test
    void seesNoneWhereTheTraceIsNotRecorded() {
        assertThat(seen("00", 1_000)).isZero();
    }

    @Test
    void isThereForJobsOfATraceAlone() {
        assertThat(JobTrace.of(Optional.empty(), 10)).isNull();
    }

    private static long seen(String flags, int images) {
        JobTrace trace = Objects.requireNonNull(JobTrace.of(Optional.of(new TraceParent(IDS + flags)), images));
        return IntStream.range(0, images).filter(trace::has).count();
    }
}
