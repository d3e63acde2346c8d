package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.postgres.database.Database;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads the failed stores of jobs, page by page. Thread-safe. */
@RequiredArgsConstructor
final class JobReportQueries {

    private final Database database;
    private final RetentionCutoff cutoff;

    /** Counts the cancelled images of each store of a cancelled job. */
    private final Consumer<JobId> settlement;

    /** See {@link io.imageprocessor.job.JobQueries#report}. */
    Optional<JobReport> report(JobId id) {
        return read(
                id,
                (jdbc, status) -> new JobReport(
                        status, page(jdbc, id, 0, JobReport.MAX_STORES).stores(), count(jdbc, id)));
    }

    /** See {@link io.imageprocessor.job.JobQueries#failedStores}. */
    Optional<FailedStorePage> failedStores(JobId id, int from, int limit) {
        return read(id, (jdbc, _) -> page(jdbc, id, from, limit));
    }

    /** Reads in one snapshot, once the cancelled images of each store are counted. */
    private <T> Optional<T> read(JobId id, BiFunction<JdbcTemplate, JobStatus, T> reading) {
        Snapshot<T> snapshot = snapshot(id, reading);
        if (!snapshot.settled()) {
            settlement.accept(id);
            snapshot = snapshot(id, reading);
        }
        return snapshot.result();
    }

    /** @param settled whether the cancelled images of each store are counted */
    private record Snapshot<T>(Optional<T> result, boolean settled) {}

    private <T> Snapshot<T> snapshot(JobId id, BiFunction<JdbcTemplate, JobStatus, T> reading) {
        return database.inSnapshot(jdbc -> jdbc
                .query(
                        "SELECT " + JobRowMapper.COLUMNS + ", job.settled FROM job WHERE id = ? AND "
                                + JobRowMapper.KNOWN,
                        (row, _) -> new Snapshot<>(
                                Optional.of(reading.apply(jdbc, JobRowMapper.status(row))), row.getBoolean("settled")),
                        id.value(),
                        cutoff.time())
                .stream()
                .findFirst()
                .orElse(new Snapshot<>(Optional.empty(), true)));
    }

    /** @param first index of the store's first image in the job, which orders the stores as their visits */
    private record Row(int first, FailedStore store) {}

    private static FailedStorePage page(JdbcTemplate jdbc, JobId id, int from, int limit) {
        List<Row> rows = jdbc.query(
                """
                SELECT first_image, store_id, code, message, failed, cancelled, images FROM job_store
                WHERE job_id = ? AND code IS NOT NULL AND first_image >= ? ORDER BY first_image LIMIT ?
                """,
                (row, _) -> new Row(
                        row.getInt("first_image"),
                        new FailedStore(
                                row.getString("store_id"),
                                FailureCode.of(row.getString("code")).orElseThrow(),
                                row.getString("message"),
                                row.getInt("failed"),
                                row.getInt("cancelled"),
                                row.getInt("images"))),
                id.value(),
                from,
                limit + 1L);
        return new FailedStorePage(
                rows.stream().limit(limit).map(Row::store).toList(),
                rows.size() > limit ? OptionalInt.of(rows.getLast().first()) : OptionalInt.empty());
    }

    private static int count(JdbcTemplate jdbc, JobId id) {
        return Objects.requireNonNull(jdbc.queryForObject(
                "SELECT count(*) FROM job_store WHERE job_id = ? AND code IS NOT NULL", Integer.class, id.value()));
    }
}
