package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.JobId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobIdSequenceTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void increasesWhileTheClockStandsStill() {
        JobIdSequence ids = new JobIdSequence(at(NOW));

        long[] values =
                Stream.generate(ids::next).limit(10_000).mapToLong(JobId::value).toArray();

        assertThat(LongStream.of(values).distinct().count()).isEqualTo(10_000);
        assertThat(values).isSorted();
    }

    @Test
    void startsHigherAfterARestart() {
        JobIdSequence before = new JobIdSequence(at(NOW));
        long last = Stream.generate(before::next)
                .limit(4_096)
                .mapToLong(JobId::value)
                .max()
                .orElseThrow();

        JobIdSequence after = new JobIdSequence(at(NOW.plus(Duration.ofMillis(1))));

        assertThat(after.next().value()).isGreaterThan(last);
    }

    @Test
    void staysBelowTheLargestJobIdForDecades() {
        JobIdSequence ids = new JobIdSequence(at(Instant.parse("2093-12-31T23:59:59Z")));

        assertThat(ids.next().value()).isLessThanOrEqualTo(JobId.MAX);
    }

    private static Clock at(Instant instant) {
        return Clock.fixed(instant, ZoneOffset.UTC);
    }
}
