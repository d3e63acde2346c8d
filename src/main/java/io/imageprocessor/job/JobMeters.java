package io.imageprocessor.job;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * What there is of jobs, wherever they are kept. It is counted in the background, so that no scrape costs a look at all jobs
 * or waits for a database; while the storage does not answer, what was counted last stays.
 */
@Slf4j
@Component
@RequiredArgsConstructor
final class JobMeters implements MeterBinder {

    private final JobRepository repository;
    private final JobService service;
    private final Clock clock;

    private final StalledJobs stalledJobs = new StalledJobs();
    private volatile JobTotals totals = JobTotals.NONE;
    private volatile int stalled;

    @Scheduled(fixedDelayString = "PT10S")
    void count() {
        try {
            totals = repository.totals();
        } catch (StorageUnavailableException e) {
            log.debug("jobs are counted later", e);
        }
    }

    @Scheduled(fixedDelayString = "PT1M")
    void lookForStalled() {
        try {
            stalled = stalledJobs.look(repository, clock.instant());
        } catch (StorageUnavailableException e) {
            log.debug("stalled jobs are looked for later", e);
        }
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
        Gauge.builder("imageprocessor.jobs.stalled", this, it -> it.stalled)
                .description("Ongoing jobs of which no image has got a result for 10 minutes")
                .register(registry);
        // The others of this name are counted where images are worked on, which these never are.
        FunctionCounter.builder("imageprocessor.images", service, JobService::imagesOfUnknownStores)
                .tag("outcome", "failed")
                .tag("code", FailureCode.STORE_NOT_FOUND.code())
                .description("Images that got a result")
                .register(registry);
    }
}
