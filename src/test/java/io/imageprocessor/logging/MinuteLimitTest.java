package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinuteLimitTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    @Test
    void letsSeveralLinesOfAnyMinutePass() {
        MinuteLimit limit = new MinuteLimit(2);
        long start = Long.MAX_VALUE - 1;

        assertThat(limit.next(start)).isZero();
        assertThat(limit.next(start + MINUTE / 2)).isZero();
        assertThat(limit.next(start + MINUTE - 1)).isEqualTo(MinuteLimit.SUPPRESS);
        assertThat(limit.next(start + MINUTE)).isEqualTo(1);
        assertThat(limit.next(start + MINUTE)).isEqualTo(MinuteLimit.SUPPRESS);
        assertThat(limit.next(start + MINUTE + MINUTE / 2)).isEqualTo(1);
    }
}
