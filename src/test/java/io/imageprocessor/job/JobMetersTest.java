package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.imageprocessor.LogLines;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class JobMetersTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final JobQueries queries = mock();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final JobMeters meters = new JobMeters(queries, mock(), clock);
    private final LogLines logged = new LogLines(Level.DEBUG, "io.imageprocessor.logging");

    @BeforeEach
    void bind() {
        meters.bindTo(registry);
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void countsEveryTimeWhileCountingIsFast() {
        takes(Duration.ofMillis(499));

        counts(10);

        verify(queries, times(10)).totals();
    }

    @Test
    void pausesTwentyTimesTheDurationOfACount() {
        takes(Duration.ofSeconds(2));

        counts(1 + 4);
        verify(queries, times(1)).totals();
        counts(1);
        verify(queries, times(2)).totals();
    }

    @Test
    void pausesAfterASlowCountAndKeepsTheLastCounts() {
        when(queries.totals())
                .thenReturn(new JobTotals(Map.of(JobState.ONGOING, 2L), 7, 5))
                .thenAnswer(_ -> {
                    clock.advance(Duration.ofSeconds(25));
                    throw new StorageUnavailableException(new IllegalStateException("expected by this test"));
                });

        counts(2 + 50);

        verify(queries, times(2)).totals();
        assertThat(gauge("imageprocessor.images.unfinished")).isEqualTo(5);
        assertThat(gauge("imageprocessor.images.retained")).isEqualTo(7);
        assertThat(gauge("imageprocessor.jobs.stalled")).isZero();
    }

    @Test
    void countsAgainSoonAfterAClockChange() {
        takes(Duration.ofDays(1));
        counts(1);
        takes(Duration.ofDays(-1));

        counts(60 + 1);
        verify(queries, times(2)).totals();
        counts(1);
        verify(queries, times(3)).totals();
    }

    @Test
    void logsFailureAndRecoveryOnce() {
        when(queries.totals())
                .thenThrow(new IllegalStateException("expected by this test"))
                .thenThrow(new StackOverflowError("expected by this test"))
                .thenReturn(JobTotals.NONE, JobTotals.NONE)
                .thenThrow(new IllegalStateException("expected by this test"));

        counts(5);

        assertThat(logged.all())
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(Level.ERROR, "counting jobs failed; trying again"),
                        tuple(Level.DEBUG, "counting jobs failed again"),
                        tuple(Level.INFO, "counting jobs works again"),
                        tuple(
                                Level.ERROR,
                                "counting jobs failed; trying again:"
                                        + " java.lang.IllegalStateException: expected by this test"));
        assertThat(logged.all().getFirst().getThrowableProxy().getMessage()).isEqualTo("expected by this test");
    }

    @Test
    void logsFailureAndRecoveryOfStalledJobsOnce() {
        when(queries.jobs(any(), any(), anyInt()))
                .thenThrow(new IllegalStateException("expected by this test"))
                .thenThrow(new IllegalStateException("expected by this test"))
                .thenReturn(List.of());

        for (int i = 0; i < 4; i++) {
            meters.countStalled();
        }

        assertThat(logged.all())
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(Level.ERROR, "counting stalled jobs failed; trying again"),
                        tuple(Level.DEBUG, "counting stalled jobs failed again"),
                        tuple(Level.INFO, "counting stalled jobs works again"));
    }

    /** The database monitor logs outages; counting logs neither the outage nor a recovery. */
    @Test
    void doesNotLogStorageOutages() {
        StorageUnavailableException away = new StorageUnavailableException(new IllegalStateException());
        when(queries.totals())
                .thenThrow(away)
                .thenReturn(JobTotals.NONE)
                .thenThrow(new IllegalStateException("expected by this test"))
                .thenThrow(away)
                .thenReturn(JobTotals.NONE);

        counts(5);

        assertThat(logged.all())
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.DEBUG, Level.ERROR, Level.DEBUG, Level.INFO);
    }

    @Test
    void pausesAfterAFailedCount() {
        when(queries.totals()).thenAnswer(_ -> {
            clock.advance(Duration.ofSeconds(2));
            throw new IllegalStateException("expected by this test");
        });

        counts(1 + 4);
        verify(queries, times(1)).totals();
        counts(1);
        verify(queries, times(2)).totals();
    }

    private void takes(Duration time) {
        when(queries.totals()).thenAnswer(_ -> {
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
