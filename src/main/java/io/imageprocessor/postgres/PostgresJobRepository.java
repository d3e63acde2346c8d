package io.imageprocessor.postgres;

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
import io.imageprocessor.job.KeyClaim;
import io.imageprocessor.job.RepeatedTask;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
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
    private final JobReads jobs;
    private final ImageReads images;
    private final VisitTotals totals;
    private final PostgresSubmissionKeys keys;

    private final RepeatedTask releasing = new RepeatedTask("giving back the keys of submissions that failed");

    PostgresJobRepository(Database database, ImageSteps steps, JobSettings settings, Clock clock) {
        Expiry expiry = new Expiry(settings, clock);
        this.database = database;
        this.steps = steps;
        this.clock = clock;
        this.cancellation = new Cancellation(database, expiry, clock);
        this.jobs = new JobReads(database, expiry, cancellation);
        this.images = new ImageReads(database, expiry);
        this.totals = new VisitTotals(database, expiry);
        this.keys = new PostgresSubmissionKeys(database, clock);
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
    public KeyClaim claimKey(String key) {
        return keys.claim(key);
    }

    @Override
    public void releaseKey(KeyClaim.Granted claim) {
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
