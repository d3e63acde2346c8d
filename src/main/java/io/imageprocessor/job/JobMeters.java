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
 * What there is of jobs, wherever they are kept. It is counted in the background, so that no scrape costs a look at all
 * jobs or waits for a database; while that fails, what was counted last stays. The counts themselves take a twentieth
 * of one thread, and of what the storage does for it, at the most.
 */
@Component
@RequiredArgsConstructor
final class JobMeters implements MeterBinder {

    /** From the end of one call of {@link #count} to the next. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** Between two counts there is at least so many times what the last one took: the more jobs, the seldomer. */
    private static final int REST = 20;

    /** However long a clock that was set makes a count seem. */
    private static final long MOST_LEFT_OUT = 60;

    private final JobQueries queries;
    private final JobService service;
    private final Clock clock;

    private final GuardedTask counting =
            new GuardedTask("counting jobs", StorageUnavailableException.class::isInstance);
    private final GuardedTask looking =
            new GuardedTask("looking for stalled jobs", StorageUnavailableException.class::isInstance);
    private final StalledJobs stalledJobs = new StalledJobs();
    private volatile JobTotals totals = JobTotals.NONE;
    private volatile int stalled;

    /** How many of the next counts are left out; used by one thread at a time. */
    private long leftOut;

    @Scheduled(fixedDelayString = "PT10S")
    void count() {
        if (leftOut > 0) {
            leftOut--;
            return;
        }
        Instant start = clock.instant();
        counting.run(() -> totals = queries.totals());
        Duration rest = Duration.between(start, clock.instant()).multipliedBy(REST);
        leftOut = Math.clamp(rest.dividedBy(PERIOD), 0, MOST_LEFT_OUT);
    }

    @Scheduled(fixedDelayString = "PT1M")
    void lookForStalled() {
        looking.run(() -> stalled = stalledJobs.look(queries, clock.instant()));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (JobState state : JobState.values()) {
            Gauge.builder("imageprocessor.jobs", this, it -> it.totals.jobs(state))
                    .tag("state", state.code())
                    .description("Jobs that can be asked for")
                    .register(registry);
        }
        Gauge.builder("imageprocessor.images.retained", this, it -> it.totals.images())
                .description("Images of the jobs that can be asked for")
                .register(registry);
        Gauge.builder("imageprocessor.images.unfinished", this, it -> it.totals.unfinished())
                .description("Images of ongoing jobs that have no result yet")
                .register(registry);
        Gauge.builder("imageprocessor.jobs.stalled", this, it -> it.stalled)
                .description("Ongoing jobs that were begun, and of which no image has got a result for 10 minutes")
                .register(registry);
        // The others of this name are counted where images are worked on, which these never are.
        FunctionCounter.builder("imageprocessor.images", service, JobService::imagesOfUnknownStores)
                .tag("outcome", "failed")
                .tag("code", FailureCode.STORE_NOT_FOUND.code())
                .description("Images that got a result")
                .register(registry);
    }
}
