package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobMetersTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final JobRepository repository = mock();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final JobMeters meters = new JobMeters(repository, mock(), clock);

    @BeforeEach
    void bind() {
        meters.bindTo(registry);
    }

    @Test
    void countsEachTimeAsLongAsThatIsQuick() {
        takes(Duration.ofMillis(499));

        counts(10);

        verify(repository, times(10)).totals();
    }

    @Test
    void restsTwentyTimesAsLongAsACountHasTaken() {
        takes(Duration.ofSeconds(2));

        counts(1 + 4);
        verify(repository, times(1)).totals();
        counts(1);
        verify(repository, times(2)).totals();
    }

    @Test
    void restsAfterACountThatWasTooSlowAndKeepsWhatWasCountedBefore() {
        when(repository.totals())
                .thenReturn(new JobTotals(Map.of(JobState.ONGOING, 2L), 7, 5))
                .thenAnswer(_ -> {
                    clock.advance(Duration.ofSeconds(25));
                    throw new StorageUnavailableException(new IllegalStateException("expected by this test"));
                });

        counts(2 + 50);

        verify(repository, times(2)).totals();
        assertThat(gauge("imageprocessor.images.unfinished")).isEqualTo(5);
        assertThat(gauge("imageprocessor.images.retained")).isEqualTo(7);
        assertThat(gauge("imageprocessor.jobs.stalled")).isZero();
    }

    @Test
    void countsAgainSoonWhenTheClockWasSet() {
        takes(Duration.ofDays(1));
        counts(1);
        takes(Duration.ofDays(-1));

        counts(60 + 1);
        verify(repository, times(2)).totals();
        counts(1);
        verify(repository, times(3)).totals();
    }

    private void takes(Duration time) {
        when(repository.totals()).thenAnswer(_ -> {
            clock.advance(time);
            return JobTotals.NONE;
        });
    }

    private void counts(int times) {
        for (int i = 0; i < times; i++) {
            meters.count();
        }
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
