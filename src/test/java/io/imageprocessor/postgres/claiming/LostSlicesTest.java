package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.github.kagkarlsson.scheduler.Scheduler;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.postgres.ClaimingReplica;
import io.imageprocessor.postgres.StoredJobs;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.SliceKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Two replicas, and rows of the claim tables that are deleted by hand. */
class LostSlicesTest {

    private static final int MANY = 1_000_000;
    private static final int IMAGES = 600;
    private static final JobId JOB = new JobId(1);

    private final DataSource database = TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final Semaphore downloads = new Semaphore(0);
    private final ClaimingReplica one = new ClaimingReplica(database, MANY, 4, this::download);
    private final ClaimingReplica other = new ClaimingReplica(database, MANY, 4, this::download);

    private void download(ImageTask task) {
        downloads.acquireUninterruptibly();
    }

    @AfterEach
    void close() {
        downloads.release(MANY);
        one.close();
        other.close();
    }

    @Test
    void queuesLostSlicesOnceOverAllReplicas() {
        submit();
        jdbc.update("DELETE FROM scheduled_tasks");
        downloads.release(MANY);

        repairTwice();
        one.start();
        other.start();

        assertThat(finished().state()).isEqualTo(JobState.COMPLETED);
        assertThat(one.started.size() + other.started.size()).isEqualTo(IMAGES);
        await().untilAsserted(() -> assertThat(claims()).isEmpty());
        StoredJobs.check(database);
    }

    @Test
    void queuesEachLostSliceOnceAndKeepsTheOthers() {
        submit();
        jdbc.update("DELETE FROM scheduled_tasks WHERE task_instance IN ('1/0', '1/272')");

        repairTwice();

        assertThat(claims()).containsExactly("1/0", "1/16", "1/272", "1/528");
    }

    @Test
    void queuesNoSliceAtTheFirstSight() {
        submit();
        jdbc.update("DELETE FROM scheduled_tasks");

        one.lostSlices.repair();

        assertThat(claims()).isEmpty();
    }

    @Test
    void queuesNoSliceOfAFinishedJob() {
        submit();
        one.store.cancel(JOB);
        jdbc.update("DELETE FROM scheduled_tasks");

        repairTwice();

        assertThat(claims()).isEmpty();
    }

    @Test
    void queuesUnfinishedImagesOfASliceInWork() {
        submit();
        one.start();
        downloads.release(100);
        await().until(() ->
                status().counts().succeeded() == 100 && status().counts().running() == 4);

        jdbc.update("DELETE FROM scheduled_tasks");
        await().until(() -> one.leases.size() == 0);
        repairTwice();
        downloads.release(MANY);

        JobStatus finished = finished();
        assertThat(finished.state()).isEqualTo(JobState.COMPLETED);
        assertThat(finished.counts().succeeded()).isEqualTo(IMAGES);
        StoredJobs.check(database);
    }

    @Test
    void restoresProgressFromTheResults() {
        submit();
        one.start();
        downloads.release(100);
        await().until(() ->
                status().counts().succeeded() == 100 && status().counts().running() == 4);

        jdbc.update("DELETE FROM slice_progress");
        jdbc.update("DELETE FROM scheduled_tasks");
        await().until(() -> one.leases.size() == 0);
        downloads.release(MANY);
        repairTwice();

        JobStatus finished = finished();
        assertThat(finished.state()).isEqualTo(JobState.COMPLETED);
        assertThat(finished.counts().succeeded()).isEqualTo(IMAGES);
        StoredJobs.check(database);
    }

    @Test
    void failsImagesWhoseUrlIsLost() {
        submit();
        jdbc.update("DELETE FROM scheduled_tasks");
        jdbc.update("DELETE FROM slice_progress");
        jdbc.update("DELETE FROM slice WHERE first_image IN (0, 272)");
        jdbc.update("UPDATE slice SET urls = urls[1:255] WHERE first_image = 16");
        downloads.release(MANY);

        repairTwice();
        one.start();
        other.start();

        JobStatus finished = finished();
        int lost = 16 + 256 + 1;
        assertThat(finished.state()).isEqualTo(JobState.FAILED);
        assertThat(finished.counts().failed()).isEqualTo(lost);
        assertThat(finished.counts().succeeded()).isEqualTo(IMAGES - lost);
        assertThat(jdbc.queryForList("SELECT DISTINCT code FROM image_result WHERE code IS NOT NULL", String.class))
                .containsExactly(FailureCode.INTERNAL_ERROR.code());
        assertThat(one.urlsLost.count() + other.urlsLost.count()).isEqualTo(lost);
        assertThat(one.queries.report(JOB).orElseThrow().failedStores())
                .singleElement()
                .satisfies(store -> assertThat(store.message()).isEqualTo("the service has lost the URL of the image"));
    }

    @Test
    void finishesAJobOfWhichOnlyTheResultsAreLeft() {
        submit();
        one.start();
        downloads.release(100);
        await().until(() ->
                status().counts().succeeded() == 100 && status().counts().running() == 4);

        for (String table : List.of("slice", "slice_progress", "scheduled_tasks")) {
            jdbc.update("DELETE FROM " + table);
        }
        await().until(() -> one.leases.size() == 0);
        repairTwice();
        downloads.release(MANY);

        assertThat(finished().state()).isEqualTo(JobState.FAILED);
        assertThat(finished().counts().succeeded() + finished().counts().failed())
                .isEqualTo(IMAGES);
        assertThat(finished().counts().succeeded()).isBetween(100, 104);
    }

    @Test
    void looksAtMoreJobsThanOneRunDoesInTurn() {
        insertJobs(LostSlices.SLICES_OF_A_RUN + 1);
        String last = LostSlices.SLICES_OF_A_RUN + 1 + "/0";
        jdbc.update("DELETE FROM scheduled_tasks WHERE task_instance IN ('1/0', ?)", last);

        for (int run = 0; run < 3; run++) {
            one.lostSlices.repair();
        }

        assertThat(claims()).hasSize(LostSlices.SLICES_OF_A_RUN + 1).contains("1/0", last);
    }

    /** They hold the row of the job, for which all results of the job wait. */
    @Test
    void restoresManySlicesWithFewStatements() {
        jdbc.update("""
                INSERT INTO job (id, submitted_at, images, downloadable, state, running)
                VALUES (1, timestamptz '2026-01-01Z', 500000, 500000, 'ongoing', 3)
                """);
        one.lostSlices.repair();

        try (LogLines statements = new LogLines(Level.DEBUG, JdbcTemplate.class.getName())) {
            one.lostSlices.repair();

            // Those of this thread.
            assertThat(statements.all())
                    .filteredOn(
                            ILoggingEvent::getThreadName, Thread.currentThread().getName())
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .filteredOn(line -> line.startsWith("Executing prepared SQL statement"))
                    .hasSizeBetween(5, 12);
        }
        assertThat(claims()).hasSize(1 + (500_000 - 16 + 255) / 256);
        assertThat(jdbc.queryForObject("SELECT count(*) FROM slice_progress", Integer.class))
                .isEqualTo(claims().size());
        assertThat(jdbc.queryForObject("SELECT running FROM job", Integer.class))
                .isZero();
    }

    @Test
    void countsRunningImagesOfTheSlicesThatAreLeft() {
        submit();
        jdbc.update("UPDATE slice_progress SET started = '\\x0f0180', done = '\\x05' WHERE first_image = 16");
        jdbc.update("DELETE FROM slice_progress WHERE first_image = 0");
        jdbc.update("DELETE FROM scheduled_tasks WHERE task_instance = '1/0'");

        repairTwice();

        assertThat(status().counts().running()).isEqualTo(4);
    }

    /** Only this statement takes too long, so {@code DatabaseMonitor} does not report it. */
    @Test
    void logsThatTheSearchTimesOut() throws SQLException {
        JdbcTemplate impatient = new JdbcTemplate(database);
        impatient.setQueryTimeout(1);
        LostSlices lostSlices = new LostSlices(
                new Database(impatient, new TransactionTemplate(new JdbcTransactionManager(database))), mock(), mock());
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                LogLines lines = new LogLines(Level.INFO)) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE job");

            lostSlices.repair();
            lostSlices.repair();

            assertThat(lines.all())
                    .filteredOn(line -> line.getLoggerName().startsWith("io.imageprocessor."))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("searching for lost slices failed; trying again");
        }
    }

    @Test
    void continuesAfterTheJobsWhoseSearchTimesOut() throws SQLException {
        insertJobs(LostSlices.SLICES_OF_A_RUN + 1);
        String last = LostSlices.SLICES_OF_A_RUN + 1 + "/0";
        jdbc.update("DELETE FROM scheduled_tasks WHERE task_instance = ?", last);
        JdbcTemplate impatient = new JdbcTemplate(database);
        impatient.setQueryTimeout(5);
        Scheduler scheduler = mock();
        SliceTask task = mock();
        LostSlices lostSlices = new LostSlices(
                new Database(impatient, new TransactionTemplate(new JdbcTransactionManager(database))),
                task,
                scheduler);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE slice_progress");
            lostSlices.repair();
        }

        lostSlices.repair();
        lostSlices.repair();

        verify(task).firstSlice(new SliceKey(new JobId(LostSlices.SLICES_OF_A_RUN + 1), 0));
        verify(scheduler).triggerCheckForDueExecutions();
    }

    @Test
    void queuesSlicesOfOtherJobsWhenThoseOfOneCannotBeQueued() {
        insertJobs(2);
        jdbc.update("DELETE FROM scheduled_tasks");
        jdbc.execute("""
                CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'expected by this test'; END $$
                """);
        jdbc.execute("""
                CREATE TRIGGER reject BEFORE INSERT ON scheduled_tasks FOR EACH ROW
                WHEN (NEW.task_instance = '1/0') EXECUTE FUNCTION reject()
                """);

        repairTwice();
        assertThat(claims()).containsExactly("2/0");

        jdbc.execute("DROP TRIGGER reject ON scheduled_tasks");
        repairTwice();
        assertThat(claims()).containsExactlyInAnyOrder("1/0", "2/0");
    }

    private void insertJobs(int jobs) {
        jdbc.update("""
                INSERT INTO job (id, submitted_at, images, downloadable, state)
                SELECT i, timestamptz '2026-01-01Z', 1, 1, 'ongoing' FROM generate_series(1, ?) AS i
                """, jobs);
        jdbc.update("""
                INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version, priority)
                SELECT 'slice', id || '/0', timestamptz 'epoch', false, 1, 0 FROM job
                """);
    }

    private void submit() {
        List<String> urls =
                IntStream.range(0, IMAGES).mapToObj(i -> "http://a/" + i).toList();
        one.submit(Jobs.job(JOB.value()).visit("S1", urls));
    }

    /** Runs the repair of both replicas at the same time, twice. */
    private void repairTwice() {
        for (int run = 0; run < 2; run++) {
            CompletableFuture.allOf(Stream.of(one, other)
                            .map(replica -> CompletableFuture.runAsync(replica.lostSlices::repair))
                            .toArray(CompletableFuture[]::new))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }
    }

    private JobStatus status() {
        return one.queries.status(JOB).orElseThrow();
    }

    private JobStatus finished() {
        return await().atMost(Duration.ofSeconds(30))
                .until(this::status, status -> status.state().isFinal());
    }

    private List<String> claims() {
        return jdbc.queryForList(
                "SELECT task_instance FROM scheduled_tasks ORDER BY split_part(task_instance, '/', 2)::integer",
                String.class);
    }
}
