package io.imageprocessor.postgres;

import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobRepository;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.KeyClaim;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/** Keeps jobs in PostgreSQL: they survive everything that the database survives, and all replicas see the same. */
@Slf4j
@RequiredArgsConstructor
final class PostgresJobRepository implements JobRepository {

    private final Database database;
    private final ImageSteps steps;
    private final JobSettings settings;
    private final Clock clock;

    @Override
    public JobId nextId() {
        return database.with(
                jdbc -> new JobId(Objects.requireNonNull(jdbc.queryForObject("SELECT nextval('job_id')", Long.class))));
    }

    @Override
    public void save(Job job, Runnable handOver) {
        database.<@Nullable Void>inTransaction(jdbc -> {
            new JobInserts(jdbc, job).insert(clock.instant());
            handOver.run();
            return null;
        });
        log.info("job {} accepted: {} visits, {} images", job.id(), job.visits().size(), job.imageCount());
    }

    @Override
    public boolean start(JobId id, int index) {
        return steps.start(id, index);
    }

    @Override
    public boolean record(JobId id, int index, ImageResult result) {
        return steps.record(id, index, result);
    }

    @Override
    public boolean cancel(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<JobStatus> status(JobId id) {
        return statuses(Set.of(id)).stream().findFirst();
    }

    @Override
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return database.with(jdbc -> jdbc.query(
                "SELECT " + JobRows.COLUMNS
                        + " FROM job WHERE id = ANY (?) AND (finished_at IS NULL OR finished_at > ?)",
                statement -> {
                    Long[] values = ids.stream().map(JobId::value).toArray(Long[]::new);
                    statement.setArray(1, statement.getConnection().createArrayOf("int8", values));
                    statement.setObject(2, JobRows.utc(clock.instant().minus(settings.retention())));
                },
                (row, _) -> JobRows.status(row)));
    }

    @Override
    public Optional<JobReport> report(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KeyClaim claimKey(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void releaseKey(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UnfinishedWork unfinished() {
        throw new UnsupportedOperationException();
    }
}
