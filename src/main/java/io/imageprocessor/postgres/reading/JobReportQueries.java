package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.postgres.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads the failed stores of jobs, page by page. Thread-safe. */
@RequiredArgsConstructor
final class JobReportQueries {

    private static final int KEPT_COUNTS = 1_000;

    private final Database database;
    private final RetentionCutoff cutoff;

    /** Counts the cancelled images of each store of a cancelled job. */
    private final Consumer<JobId> settlement;

    /**
     * The failed stores of the jobs that were reported last. Many clients may ask for the same job at once, when it
     * ends, and each count reads all its failed stores.
     */
    private final Map<JobVersion, Integer> counts = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<JobVersion, Integer> eldest) {
            return size() > KEPT_COUNTS;
        }
    });

    /** A state of a job: each change of its stores increments its version. */
    private record JobVersion(JobId id, long version) {}

    /** See {@link io.imageprocessor.job.JobQueries#report}. */
    Optional<JobReport> report(JobId id) {
        return read(id, () -> snapshotOfReport(id));
    }

    /** See {@link io.imageprocessor.job.JobQueries#failedStores}. */
    Optional<FailedStorePage> failedStores(JobId id, int from, int limit) {
        return read(id, () -> snapshotOfStores(id, from, limit));
    }

    /** Reads a snapshot, and once more if the cancelled images of each store were not counted yet. */
    private <T> Optional<T> read(JobId id, Supplier<Snapshot<T>> reading) {
        Snapshot<T> snapshot = reading.get();
        if (!snapshot.settled()) {
            settlement.accept(id);
            snapshot = reading.get();
        }
        return snapshot.result();
    }

    /**
     * @param settled whether the cancelled images of each store are counted
     * @param result empty if they are not, or if the job is unknown
     */
    private record Snapshot<T>(boolean settled, Optional<T> result) {

        static <T> Snapshot<T> unknown() {
            return new Snapshot<>(true, Optional.empty());
        }

        static <T> Snapshot<T> unsettled() {
            return new Snapshot<>(false, Optional.empty());
        }
    }

    private Snapshot<JobReport> snapshotOfReport(JobId id) {
        OffsetDateTime endOfRetention = cutoff.time();
        return database.inSnapshot(jdbc -> jdbc
                .query(
                        "SELECT " + JobRowMapper.COLUMNS + ", job.settled FROM job WHERE id = ? AND "
                                + JobRowMapper.KNOWN,
                        (row, _) -> row.getBoolean("settled")
                                ? new Snapshot<>(
                                        true, Optional.of(report(jdbc, JobRowMapper.status(row), endOfRetention)))
                                : Snapshot.<JobReport>unsettled(),
                        id.value(),
                        endOfRetention)
                .stream()
                .findFirst()
                .orElse(Snapshot.unknown()));
    }

    /** @param endOfRetention the same as of the status, because the job may expire meanwhile */
    private JobReport report(JdbcTemplate jdbc, JobStatus status, OffsetDateTime endOfRetention) {
        List<FailedStore> stores = rows(jdbc, status.id(), 0, JobReport.MAX_STORES, endOfRetention).stream()
                .flatMap(row -> row.store().stream())
                .toList();
        return new JobReport(status, stores, count(jdbc, status));
    }

    /** With one statement, because a large response needs many pages. */
    private Snapshot<FailedStorePage> snapshotOfStores(JobId id, int from, int limit) {
        List<Row> rows = database.execute(jdbc -> rows(jdbc, id, from, limit + 1, cutoff.time()));
        if (rows.isEmpty()) {
            return Snapshot.unknown();
        }
        if (!rows.getFirst().settled()) {
            return Snapshot.unsettled();
        }
        List<FailedStore> stores =
                rows.stream().limit(limit).flatMap(row -> row.store().stream()).toList();
        OptionalInt next = rows.size() > limit ? OptionalInt.of(rows.getLast().first()) : OptionalInt.empty();
        return new Snapshot<>(true, Optional.of(new FailedStorePage(stores, next)));
    }

    /**
     * A row of the join of a job and its failed stores.
     *
     * @param settled whether the cancelled images of each store are counted
     * @param first index of the store's first image in the job, which orders the stores as their visits
     * @param store empty if there is none: then it is the only row
     */
    private record Row(boolean settled, int first, Optional<FailedStore> store) {}

    /** Reads failed stores of a job, from an image on. Returns an empty list if the job is unknown. */
    private static List<Row> rows(JdbcTemplate jdbc, JobId id, int from, int limit, OffsetDateTime endOfRetention) {
        return jdbc.query(
                """
                SELECT job.settled, s.first_image, s.store_id, s.code, s.message, s.failed, s.cancelled, s.images
                FROM job LEFT JOIN LATERAL (
                    SELECT * FROM job_store
                    WHERE job_id = job.id AND code IS NOT NULL AND first_image >= ? ORDER BY first_image LIMIT ?
                ) AS s ON true
                WHERE job.id = ? AND %s ORDER BY s.first_image
                """.formatted(JobRowMapper.KNOWN),
                (row, _) -> new Row(row.getBoolean("settled"), row.getInt("first_image"), store(row)),
                from,
                limit,
                id.value(),
                endOfRetention);
    }

    private static Optional<FailedStore> store(ResultSet row) throws SQLException {
        String code = row.getString("code");
        return code == null
                ? Optional.empty()
                : Optional.of(new FailedStore(
                        row.getString("store_id"),
                        FailureCode.of(code).orElseThrow(),
                        row.getString("message"),
                        row.getInt("failed"),
                        row.getInt("cancelled"),
                        row.getInt("images")));
    }

    private int count(JdbcTemplate jdbc, JobStatus status) {
        JobVersion version = new JobVersion(status.id(), status.version());
        Integer known = counts.get(version);
        if (known != null) {
            return known;
        }
        int count = Objects.requireNonNull(jdbc.queryForObject(
                "SELECT count(*) FROM job_store WHERE job_id = ? AND code IS NOT NULL",
                Integer.class,
                status.id().value()));
        counts.put(version, count);
        return count;
    }
}
