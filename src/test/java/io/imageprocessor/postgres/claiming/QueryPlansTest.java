package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.writing.RetentionRun;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Checks that no frequent operation scans a table sequentially, by PostgreSQL's own counts of sequential and index
 * scans.
 */
class QueryPlansTest {

    private static final int JOBS = 200;
    private static final int IMAGES = 1_000;
    private static final JobId JOB = new JobId(77);

    private static final TestClock CLOCK = new TestClock(Jobs.SUBMITTED_AT);
    private static final TestReplica REPLICA = new TestReplica(TestDatabase.dataSource(), CLOCK).onOneConnection();

    @BeforeAll
    static void fill() {
        Jobs jobs = Jobs.job(1);
        for (int visit = 0; visit < IMAGES / 5; visit++) {
            jobs.visit("S" + (1 + visit % 9), urls(visit));
        }
        Job job = jobs.build();
        REPLICA.store.save(job, _ -> {});
        IntStream.range(0, IMAGES - 10)
                .mapToObj(image -> REPLICA.commits.record(job.id(), image, result(image)))
                .toList()
                .forEach(outcome -> assertThat(outcome.join()).isNotNull());
        JdbcTemplate jdbc = REPLICA.jdbc();
        for (String table : List.of("job", "visit", "job_store", "slice", "slice_progress", "image_result")) {
            String key = table.equals("job") ? "id" : "job_id";
            jdbc.execute("CREATE TEMP TABLE copy AS SELECT * FROM " + table);
            for (int id = 2; id <= JOBS; id++) {
                jdbc.execute("UPDATE copy SET %s = %d".formatted(key, id));
                jdbc.execute("INSERT INTO %s SELECT * FROM copy".formatted(table));
            }
            jdbc.execute("DROP TABLE copy");
        }
        // Small finished jobs, and waiting slices of jobs.
        jdbc.execute("""
                INSERT INTO job (id, submitted_at, images, downloadable, succeeded, state, finished_at)
                SELECT 1000 + i, t, 1, 1, 1, 'completed', t
                FROM generate_series(1, 20000) AS i,
                    LATERAL (SELECT timestamptz '2026-01-01Z' + i * interval '1 ms') AS at (t);
                INSERT INTO job_store (job_id, store_id, known, name, area_code, first_image, images)
                SELECT 1000 + i, 'S' || i % 5000, true, '', '', 0, 1 FROM generate_series(1, 20000) AS i;
                INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version, priority)
                SELECT 'slice', i || '/0', timestamptz '1970-01-01Z' + i * interval '1 ms', i % 50 = 0, 1,
                    (i % 20 = 0)::integer
                FROM generate_series(1, 20000) AS i;
                INSERT INTO submission_key (key, free_at)
                SELECT i::text, timestamptz '2026-01-02Z' + i * interval '1 s' FROM generate_series(1, 20000) AS i;
                """);
        jdbc.execute("VACUUM ANALYZE");
    }

    @AfterAll
    static void close() {
        REPLICA.close();
    }

    /** A frequent operation. */
    record Operation(String name, Runnable action) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Operation> operations() {
        return Stream.of(
                new Operation(
                        "status", () -> assertThat(REPLICA.queries.status(JOB)).isPresent()),
                new Operation(
                        "report", () -> assertThat(REPLICA.queries.report(JOB)).isPresent()),
                new Operation(
                        "failed stores",
                        () -> assertThat(REPLICA.queries.failedStores(JOB, 1_000, 100))
                                .isPresent()),
                new Operation("jobs", () -> listed(JobFilter.ANY)),
                new Operation(
                        "jobs in a state",
                        () -> listed(new JobFilter(
                                Optional.of(JobState.ONGOING), Optional.empty(), Optional.empty(), Optional.empty()))),
                new Operation(
                        "jobs of a store",
                        () -> listed(new JobFilter(
                                Optional.empty(), Optional.of("S4711"), Optional.empty(), Optional.empty()))),
                new Operation(
                        "jobs of a time",
                        () -> listed(new JobFilter(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(Jobs.SUBMITTED_AT.plusMillis(100))))),
                new Operation("images", () -> listed(ImageFilter.ANY)),
                new Operation("images that failed", () -> listed(ImageFilter.FAILED)),
                new Operation(
                        "images that failed for a reason",
                        () -> listed(
                                new ImageFilter(Optional.empty(), Optional.empty(), Optional.of(FailureCode.TIMEOUT)))),
                new Operation(
                        "images of a store",
                        () -> listed(new ImageFilter(Optional.empty(), Optional.of("S3"), Optional.empty()))),
                new Operation(
                        "images that are pending",
                        () -> listed(
                                new ImageFilter(Optional.of(ImageState.PENDING), Optional.empty(), Optional.empty()))),
                new Operation(
                        "images that have succeeded at a store",
                        () -> listed(new ImageFilter(
                                Optional.of(ImageState.SUCCEEDED), Optional.of("S3"), Optional.empty()))),
                new Operation(
                        "totals",
                        () -> assertThat(REPLICA.queries.visitTotals(
                                        Set.of("S4711", "S4712"), LocalDate.MIN, LocalDate.MAX))
                                .isEmpty()),
                new Operation(
                        "unfinished work",
                        () -> assertThat(REPLICA.queries.unfinished().jobs()).isEqualTo(JOBS)),
                new Operation(
                        "claim of slices",
                        () -> assertThat(REPLICA.jdbc()
                                        .query(
                                                TwoLanePolling.CLAIM,
                                                QueryPlansTest::bindClaim,
                                                (row, _) -> row.getString("task_instance")))
                                .hasSize(15)),
                new Operation(
                        "search for lost slices", () -> new LostSlices(REPLICA.database, mock(), mock()).repair()),
                new Operation("results", () -> {
                    REPLICA.store.start(JOB, IMAGES - 1);
                    REPLICA.store.record(JOB, IMAGES - 1, result(15));
                }),
                new Operation("retention", () -> {
                    // Expires some of the small jobs.
                    CLOCK.advance(Duration.ofHours(1).plusMillis(200));
                    RetentionRun.deleteExpired(REPLICA);
                    CLOCK.advance(Duration.ofHours(-1).minusMillis(200));
                }));
    }

    private static void bindClaim(PreparedStatement statement) throws SQLException {
        OffsetDateTime now = PostgresTime.of(Jobs.SUBMITTED_AT);
        statement.setObject(1, now);
        statement.setArray(2, statement.getConnection().createArrayOf("text", new String[] {"20", "40"}));
        statement.setInt(3, 5);
        statement.setObject(4, now);
        statement.setArray(5, statement.getConnection().createArrayOf("text", new String[] {"1", "2"}));
        statement.setInt(6, 10);
        statement.setString(7, "replica");
        statement.setObject(8, now);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void usesNoSequentialScan(Operation operation) {
        checkScans(operation);
    }

    private static void checkScans(Operation operation) {
        List<Scans> before = scans();

        operation.action().run();

        List<Scans> after = scans();
        assertThat(after)
                .extracting(Scans::sequential)
                .isEqualTo(before.stream().map(Scans::sequential).toList());
        assertThat(after).as("index scans").isNotEqualTo(before);
    }

    /** A job of a million images may fill a table after its statements were prepared with a few rows. */
    @Test
    void replansStatementsWhenATableGrows() {
        try (TestReplica replica = new TestReplica(TestDatabase.dataSource(), CLOCK).onOneConnection()) {
            Job job = Jobs.job(1).visit("S1", "http://a/1").build();
            replica.store.save(job, _ -> {});
            replica.jdbc().execute("ANALYZE");
            for (int i = 0; i < 20; i++) {
                assertThat(replica.queries.status(job.id())).isPresent();
            }
            replica.jdbc().execute("""
                    INSERT INTO job (id, submitted_at, images, downloadable, succeeded, state, finished_at)
                    SELECT 1000 + i, timestamptz '2026-01-01Z', 1, 1, 1, 'completed', timestamptz '2026-01-01Z'
                    FROM generate_series(1, 20000) AS i
                    """);
            List<Scans> before = scans(replica);

            assertThat(replica.queries.status(job.id())).isPresent();

            assertThat(scans(replica))
                    .extracting(Scans::sequential)
                    .isEqualTo(before.stream().map(Scans::sequential).toList());
        }
    }

    /** Before PostgreSQL has statistics of the new rows, and afterwards. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsAtMostTwoRowsForEachSliceToFindLostOnes(boolean analyzed) {
        try (TestReplica replica = new TestReplica(TestDatabase.dataSource(), CLOCK).onOneConnection()) {
            int slices = 1 + (1_000_000 - 16 + 255) / 256;
            replica.jdbc().execute("""
                    INSERT INTO job (id, submitted_at, images, downloadable, succeeded, state, finished_at)
                    SELECT i, timestamptz '2026-01-01Z', 16, 16, 16, 'completed', timestamptz '2026-01-01Z'
                    FROM generate_series(1, 100000) AS i;
                    INSERT INTO slice_progress SELECT i, 0, '', '\\xffff' FROM generate_series(1, 100000) AS i;
                    INSERT INTO job (id, submitted_at, images, downloadable, state)
                    VALUES (100001, timestamptz '2026-01-01Z', 1000000, 1000000, 'ongoing'),
                           (100002, timestamptz '2026-01-01Z', 1, 1, 'ongoing'),
                           (100003, timestamptz '2026-01-01Z', 1, 1, 'ongoing');
                    INSERT INTO slice_progress VALUES (100002, 0, '', ''), (100003, 0, '', '');
                    INSERT INTO slice_progress
                    SELECT 100001, first, '', ''
                    FROM (SELECT 0 UNION ALL SELECT generate_series(16, 999999, 256)) AS s (first);
                    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version, priority)
                    SELECT 'slice', job_id || '/' || first_image, timestamptz 'epoch', false, 1, 0
                    FROM slice_progress WHERE job_id > 100000;
                    DELETE FROM scheduled_tasks WHERE task_instance = '100001/272';
                    """);
            if (analyzed) {
                // All rows, because a sample may or may not contain the few jobs that are ongoing.
                replica.jdbc().execute("SET default_statistics_target = 1000");
                replica.jdbc().execute("ANALYZE");
            }
            SliceTask task = mock();
            LostSlices lostSlices = new LostSlices(replica.database, task, mock());
            List<Scans> before = scans(replica);

            lostSlices.repair();

            List<Scans> after = scans(replica);
            assertThat(after)
                    .extracting(Scans::sequential)
                    .isEqualTo(before.stream().map(Scans::sequential).toList());
            assertThat(byIndex(after) - byIndex(before)).isBetween((long) slices, 2L * slices + 20);
            lostSlices.repair();
            verify(task).otherSlice(eq(new SliceKey(new JobId(100_001), 272)), any());
            verifyNoMoreInteractions(task);
        }
    }

    private static long byIndex(List<Scans> scans) {
        return scans.stream().mapToLong(Scans::byIndex).sum();
    }

    @Test
    void detectsSequentialScan() {
        List<Scans> before = scans();

        REPLICA.jdbc().queryForList("SELECT count(*) FROM visit WHERE visited_nano = 1");

        assertThat(scans())
                .extracting(Scans::sequential)
                .isNotEqualTo(before.stream().map(Scans::sequential).toList());
    }

    /** The numbers of sequential and index scans of a table. */
    private record Scans(String table, long sequential, long byIndex) {}

    private static List<Scans> scans() {
        return scans(REPLICA);
    }

    private static List<Scans> scans(TestReplica replica) {
        JdbcTemplate jdbc = replica.jdbc();
        // Publishes the counts of this connection, which the next statement reads.
        jdbc.execute("SELECT pg_stat_force_next_flush()");
        return jdbc.query(
                "SELECT relname, seq_scan, idx_scan FROM pg_stat_user_tables ORDER BY relname",
                (row, _) -> new Scans(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    private static void listed(JobFilter filter) {
        assertThat(REPLICA.queries.jobs(filter, null, 3)).isNotEmpty();
    }

    private static void listed(ImageFilter filter) {
        assertThat(REPLICA.queries.images(JOB, filter, 20, 5))
                .get()
                .satisfies(page -> assertThat(page).hasSize(5));
    }

    private static ImageResult result(int image) {
        return image % 10 == 5
                ? new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000)
                : new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    }

    private static List<String> urls(int visit) {
        return IntStream.range(5 * visit, 5 * visit + 5)
                .mapToObj(i -> "http://a/" + i)
                .toList();
    }
}
