package io.imageprocessor.job;

import io.imageprocessor.logging.GuardedTask;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import lombok.RequiredArgsConstructor;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Registers gauges for all stored jobs. Jobs are counted in the background, so a scrape neither reads all jobs nor
 * waits for a database. If counting fails, the last counts stay. Counting takes at most a twentieth of one thread and
 * of the storage. Thread-safe.
 */
@Component
@RequiredArgsConstructor
final class JobMeters implements MeterBinder {

    /** Time from the end of one call of {@link #count} to the next. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** The pause between two counts is at least this many times the duration of the last. */
    private static final int PAUSE_FACTOR = 20;

    /** Largest number of skipped counts, even if a clock change makes a count seem long. */
    private static final long MAX_SKIPPED = 60;

    private final JobQueries queries;
    private final JobService service;
    private final Clock clock;

    private final GuardedTask counting =
            new GuardedTask("counting jobs", StorageUnavailableException.class::isInstance);
    private final GuardedTask stalledCounting =
            new GuardedTask("counting stalled jobs", StorageUnavailableException.class::isInstance);
    private final StalledJobs stalledJobs = new StalledJobs();
    private volatile JobTotals totals = JobTotals.NONE;
    private volatile int stalled;

    /** Number of next counts to skip; used by one thread at a time. */
    private long skips;

    @Scheduled(fixedDelayString = "PT10S")
    void count() {
        if (skips > 0) {
            skips--;
            return;
        }
        Instant start = clock.instant();
        counting.run(() -> totals = queries.totals());
        Duration pause = Duration.between(start, clock.instant()).multipliedBy(PAUSE_FACTOR);
        skips = Math.clamp(pause.dividedBy(PERIOD), 0, MAX_SKIPPED);
    }

    @Scheduled(fixedDelayString = "PT1M")
    void countStalled() {
        stalledCounting.run(() -> stalled = stalledJobs.count(queries, clock.instant()));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (JobState state : JobState.values()) {
            Gauge.builder("imageprocessor.jobs", this, it -> it.totals.jobs(state))
                    .tag("state", state.code())
                    .description("Jobs that can be read")
                    .register(registry);
        }
        Gauge.builder("imageprocessor.images.retained", this, it -> it.totals.images())
                .description("Images of the jobs that can be read")
                .register(registry);
        Gauge.builder("imageprocessor.images.unfinished", this, it -> it.totals.unfinished())
                .description("Images of ongoing jobs that have no result yet")
                .register(registry);
        Gauge.builder("imageprocessor.jobs.stalled", this, it -> it.stalled)
                .description("Ongoing, started jobs without a new result for 10 minutes")
                .register(registry);
        // Module work counts the other images under this name; images of unknown stores never reach it.
        FunctionCounter.builder("imageprocessor.images", service, JobService::imagesOfUnknownStores)
                .tag("outcome", "failed")
                .tag("code", FailureCode.STORE_NOT_FOUND.code())
                .description("Images that got a result")
                .register(registry);
    }
}
