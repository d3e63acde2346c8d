package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.imageprocessor.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RateLimitedLogTest {

    private static final String NOT_STORED = "image {} of job {} is not stored";
    private static final String LOGGED = "image 0 of job 7 is not stored";
    private static final String CAUSE = ": java.lang.IllegalStateException: expected by this test";
    private static final String SUPPRESSED = CAUSE + "; 99 similar errors suppressed";

    private final Logger log = (Logger) LoggerFactory.getLogger(RateLimitedLogTest.class);
    private final LogLines logged = new LogLines(Level.DEBUG, RateLimitedLogTest.class.getName());
    /** Close to its overflow, which {@link System#nanoTime} allows. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private final RateLimitedLog faults = new RateLimitedLog(log, now::get);

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void logsOneOfAHundredFaultsAsErrorAndTheOthersAtDebugLevel() {
        fail(100);

        assertThat(errors()).containsExactly(LOGGED);
        assertThat(logged.all())
                .hasSize(100)
                .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNotNull());
        assertThat(logged.all().get(99).getLevel()).isEqualTo(Level.DEBUG);
        assertThat(logged.all().get(99).getFormattedMessage()).isEqualTo("image 99 of job 7 is not stored");
    }

    @Test
    void logsTheNextErrorAfterAMinuteWithTheSuppressedCount() {
        fail(100);
        pass(Duration.ofMinutes(1).minusNanos(1));
        fail(1);
        assertThat(errors()).hasSize(1);

        pass(Duration.ofNanos(1));
        fail(1);
        assertThat(errors()).hasSize(2).last().isEqualTo(LOGGED + SUPPRESSED.replace("99", "100"));

        fail(99);
        pass(Duration.ofMinutes(1));
        fail(1);
        assertThat(errors()).hasSize(3).last().isEqualTo(LOGGED + SUPPRESSED);
    }

    @Test
    void logsNoCountIfNothingWasSuppressed() {
        fail(1);
        pass(Duration.ofHours(1));
        fail(1);

        assertThat(errors()).containsExactly(LOGGED, LOGGED);
    }

    @Test
    void logsOneWarningAMinuteWithTheSuppressedCount() {
        warn(100);
        pass(Duration.ofMinutes(1).minusNanos(1));
        warn(1);
        assertThat(warnings()).containsExactly(LOGGED);

        pass(Duration.ofNanos(1));
        warn(1);
        assertThat(warnings()).containsExactly(LOGGED, LOGGED + SUPPRESSED.replace("99", "100"));
        assertThat(errors()).isEmpty();
        assertThat(logged.all())
                .hasSize(102)
                .filteredOn(line -> line.getLevel() == Level.DEBUG)
                .hasSize(100)
                .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNotNull());
    }

    @Test
    void logsOneStackTraceAnHourOfEachKindOfFaultAtEachPlace() {
        List<Runnable> faultsInTurn = List.of(
                () -> fail(1),
                () -> fail(1),
                () -> faults.error(
                        new IllegalStateException("a\nb", new IllegalArgumentException("c\nd")), "one {}", 1),
                () -> faults.error(
                        new IllegalStateException("a\nb", new IllegalArgumentException("c\nd")), "one {}", 2),
                () -> faults.error(new IllegalStateException("again"), "one {}", 3),
                () -> faults.error(new IllegalStateException("other"), "one {}", 4));
        faultsInTurn.forEach(fault -> {
            fault.run();
            pass(Duration.ofMinutes(1));
        });
        pass(Duration.ofHours(1));
        fail(1);

        assertThat(errors())
                .containsExactly(
                        LOGGED,
                        LOGGED + CAUSE,
                        "one 1",
                        "one 2: java.lang.IllegalArgumentException: c",
                        "one 3",
                        "one 4: java.lang.IllegalStateException: other",
                        LOGGED);
        assertThat(logged.all())
                .extracting(line -> line.getThrowableProxy() != null)
                .containsExactly(true, false, true, false, true, false, true);
    }

    @Test
    void logsTenEventsAMinute() {
        RateLimitedLog events = RateLimitedLog.ofEvents(log);

        for (int i = 0; i < 30; i++) {
            events.info("circuit opened for {}", i);
        }

        assertThat(lines(Level.INFO)).hasSize(10).endsWith("circuit opened for 9");
    }

    @Test
    void limitsEachPlaceSeparately() {
        fail(100);
        RuntimeException elsewhere = new IllegalStateException("expected by this test");
        faults.error(elsewhere, "image {} is not started", 4);

        assertThat(errors()).containsExactly(LOGGED, "image 4 is not started");
        assertThat(logged.all().getLast().getThrowableProxy())
                .isInstanceOfSatisfying(
                        ThrowableProxy.class,
                        thrown -> assertThat(thrown.getThrowable()).isSameAs(elsewhere));
    }

    @Test
    void countsConcurrentFaultsCompletely() {
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int worker = 0; worker < 10; worker++) {
                workers.execute(() -> fail(10));
            }
        }
        assertThat(errors()).hasSize(1);

        pass(Duration.ofMinutes(1));
        fail(1);
        assertThat(errors()).hasSize(2).last().isEqualTo(LOGGED + SUPPRESSED);
    }

    private void fail(int images) {
        for (int image = 0; image < images; image++) {
            faults.error(new IllegalStateException("expected by this test"), NOT_STORED, image, 7);
        }
    }

    private void warn(int images) {
        for (int image = 0; image < images; image++) {
            faults.warn(new IllegalStateException("expected by this test"), NOT_STORED, image, 7);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private List<String> errors() {
        return lines(Level.ERROR);
    }

    private List<String> warnings() {
        return lines(Level.WARN);
    }

    private List<String> lines(Level level) {
        return logged.all().stream()
                .filter(line -> line.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
