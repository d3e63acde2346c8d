package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.JobTotals;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/** Reads the states of jobs, and totals over all jobs. Thread-safe. */
@Slf4j
@RequiredArgsConstructor
final class JobStatusQueries {

    private final Database database;
    private final RetentionCutoff cutoff;

    private final RateLimitedLog faults = new RateLimitedLog(log);

    /** See {@link io.imageprocessor.job.JobQueries#statuses}. */
    List<JobStatus> statuses(Collection<JobId> ids) {
        UnnestRows values = new UnnestRows("int8");
        ids.forEach(id -> values.add(id.value()));
        return database.execute(jdbc -> values.query(
                jdbc,
                "SELECT " + JobRowMapper.COLUMNS + " FROM job WHERE " + JobRowMapper.KNOWN + " AND id = ANY (?)",
                (row, _) -> JobRowMapper.status(row),
                cutoff.time()));
    }

    /** See {@link io.imageprocessor.job.JobQueries#jobs}. */
    List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        StringBuilder sql =
                new StringBuilder("SELECT ").append(JobRowMapper.COLUMNS).append(" FROM job");
        List<Object> parameters = new ArrayList<>();
        filter.storeId().ifPresent(store -> {
            sql.append(" JOIN job_store ON job_store.job_id = job.id AND job_store.store_id = ?");
            parameters.add(PostgresText.of(store));
        });
        sql.append(" WHERE ").append(JobRowMapper.KNOWN);
        parameters.add(cutoff.time());
        filter.state().ifPresent(state -> {
            sql.append(" AND job.state = ?");
            parameters.add(state.code());
        });
        filter.submittedAfter().ifPresent(time -> {
            sql.append(" AND job.submitted_at > ?");
            parameters.add(PostgresTime.of(time));
        });
        filter.submittedBefore().ifPresent(time -> {
            sql.append(" AND job.submitted_at < ?");
            parameters.add(PostgresTime.of(time));
        });
        if (before != null) {
            sql.append(" AND job.id < ?");
            parameters.add(before.value());
        }
        sql.append(" ORDER BY job.id DESC LIMIT ?");
        parameters.add(limit);
        return database.execute(
                jdbc -> jdbc.query(sql.toString(), (row, _) -> JobRowMapper.status(row), parameters.toArray()));
    }

    /** The jobs of one state, their images, and their images without a result. */
    private record Total(JobState state, long jobs, long images, long unfinished) {}

    /** See {@link io.imageprocessor.job.JobQueries#totals}. */
    JobTotals totals() {
        List<Total> totals = countedByState();
        return new JobTotals(
                totals.stream().collect(Collectors.toMap(Total::state, Total::jobs)),
                totals.stream().mapToLong(Total::images).sum(),
                totals.stream().mapToLong(Total::unfinished).sum());
    }

    private List<Total> countedByState() {
        try {
            return database.execute(jdbc -> jdbc.query(
                    """
                    SELECT state, count(*) AS jobs, sum(images) AS images,
                           sum(CASE WHEN state = 'ongoing' THEN images - succeeded - failed ELSE 0 END) AS unfinished
                    FROM job WHERE %s GROUP BY state
                    """.formatted(JobRowMapper.KNOWN),
                    (row, _) -> new Total(
                            JobRowMapper.state(row),
                            row.getLong("jobs"),
                            row.getLong("images"),
                            row.getLong("unfinished")),
                    cutoff.time()));
        } catch (StorageUnavailableException e) {
            // Only this query times out, so DatabaseMonitor does not report it.
            if (DatabaseFailure.isStatementTimeout(e)) {
                faults.warn(e, "counting jobs timed out; metrics of all jobs keep their last values");
            }
            throw e;
        }
    }

    /** See {@link io.imageprocessor.job.JobQueries#unfinished}. */
    UnfinishedWork unfinished() {
        return Objects.requireNonNull(database.execute(jdbc -> jdbc.queryForObject(
                "SELECT count(*), coalesce(sum(images - succeeded - failed), 0) FROM job WHERE state = 'ongoing'",
                (row, _) -> new UnfinishedWork(row.getInt(1), row.getLong(2)))));
    }
}
