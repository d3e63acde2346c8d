package io.imageprocessor.postgres;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobRepository;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.JobTotals;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.ImageQueries;
import io.imageprocessor.postgres.reading.JobQueries;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import io.imageprocessor.postgres.reading.VisitTotalQueries;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.JobInserts;
import io.imageprocessor.postgres.writing.PostgresIdempotencyKeys;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;

/** Keeps jobs in PostgreSQL: they survive everything that the database survives, and all replicas see the same. */
final class PostgresJobRepository implements JobRepository {

    private final Database database;
    private final ImageSteps steps;
    private final Clock clock;

    private final Cancellation cancellation;
    private final JobQueries jobs;
    private final ImageQueries images;
    private final VisitTotalQueries totals;
    private final PostgresIdempotencyKeys keys;

    private final GuardedTask releasing =
            new GuardedTask("releasing idempotency keys", StorageUnavailableException.class::isInstance);

    PostgresJobRepository(Database database, ImageSteps steps, JobSettings settings, Clock clock) {
        RetentionCutoff expiry = new RetentionCutoff(settings, clock);
        this.database = database;
        this.steps = steps;
        this.clock = clock;
        this.cancellation = new Cancellation(database, expiry, clock);
        this.jobs = new JobQueries(database, expiry, cancellation::settle);
        this.images = new ImageQueries(database, expiry);
        this.totals = new VisitTotalQueries(database, expiry);
        this.keys = new PostgresIdempotencyKeys(database, clock);
    }

    @Override
    public JobId nextId() {
        return database.with(
                jdbc -> new JobId(Objects.requireNonNull(jdbc.queryForObject("SELECT nextval('job_id')", Long.class))));
    }

    @Override
    public void save(Job job, Runnable handOver) {
        Instant now = clock.instant();
        database.<@Nullable Void>inTransaction(jdbc -> {
            new JobInserts(jdbc, job).insert(now);
            handOver.run();
            return null;
        });
        JobLog.accepted(job);
        if (job.downloadableImages() == 0) {
            int images = job.imageCount();
            JobLog.ended(job.head(), JobState.FAILED, new JobCounts(images, 0, 0, 0, images, 0), now);
        }
    }

    @Override
    public boolean start(JobId id, int index) {
        return steps.start(id, index);
    }

    @Override
    public @Nullable ImageResult record(JobId id, int index, ImageResult result) {
        return steps.record(id, index, result);
    }

    @Override
    public boolean cancel(JobId id) {
        return cancellation.cancel(id);
    }

    @Override
    public Optional<JobStatus> status(JobId id) {
        return statuses(Set.of(id)).stream().findFirst();
    }

    @Override
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return jobs.statuses(ids);
    }

    @Override
    public Optional<JobReport> report(JobId id) {
        return jobs.report(id);
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        return jobs.jobs(filter, before, limit);
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return images.images(id, filter, from, limit);
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        return totals.of(storeIds, first, last);
    }

    @Override
    public IdempotencyClaim claimKey(String key) {
        return keys.claim(key);
    }

    @Override
    public void releaseKey(IdempotencyClaim.Granted claim) {
        keys.release(claim);
    }

    /** Gives back what could not be given back while the database was away. */
    @Scheduled(fixedDelayString = "PT1S")
    void releaseKeys() {
        releasing.run(keys::releaseAll);
    }

    @Override
    public JobTotals totals() {
        return jobs.totals();
    }

    @Override
    public UnfinishedWork unfinished() {
        return jobs.unfinished();
    }
}
