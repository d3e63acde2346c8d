package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLimitsTest {

    @ParameterizedTest
    @CsvSource({"1, 200", "200, 200", "201, 201", "1000, 1000", "4000, 4000"})
    void sendsFewerEventsToEachOfManyListeners(int listeners, long millis) {
        EventLimits limits = EventLimits.ofHeap(Long.MAX_VALUE);

        assertThat(Duration.ofNanos(limits.intervalNanos(listeners))).isEqualTo(Duration.ofMillis(millis));
    }
}
