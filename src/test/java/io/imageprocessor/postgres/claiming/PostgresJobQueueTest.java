package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobQueueContract;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.postgres.ClaimingReplica;
import io.imageprocessor.postgres.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Replicas in one JVM that share only a database. */
class PostgresJobQueueTest {

    private static final int MANY = 1_000_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final DataSource database = TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final List<ClaimingReplica> replicas = new ArrayList<>();

    /** With {@link #whenAllowed}, each image takes a permit to finish. */
    private final Semaphore downloads = new Semaphore(0);

    private static void atOnce(ImageTask task) {
        assertThat(task.url()).startsWith("http://a/");
    }

    private void whenAllowed(ImageTask task) {
        downloads.acquireUninterruptibly();
        atOnce(task);
    }

    private ClaimingReplica replica(int inFlight, Consumer<ImageTask> download) {
        ClaimingReplica replica = new ClaimingReplica(database, MANY, inFlight, download);
        replicas.add(replica);
        return replica;
    }

    @AfterEach
    void close() {
        downloads.release(MANY);
        replicas.forEach(ClaimingReplica::close);
    }

    @Nested
    class Contract extends JobQueueContract {

        /** Advances with each call, so that each submission counts again. */
        private final AtomicLong nanoTime = new AtomicLong();

        private final ClaimingReplica replica = new ClaimingReplica(
                database,
                MAX_WAITING,
                4,
                PostgresJobQueueTest::atOnce,
                () -> nanoTime.addAndGet(Duration.ofMillis(100).toNanos()));
        private int seen;

        @AfterEach
        void closeReplica() {
            replica.close();
        }

        @Override
        protected JobQueue queue() {
            return replica.queue;
        }

        @Override
        protected void accept(Job job) {
            replica.store.save(job, _ -> super.accept(job));
        }

        @Override
        protected void cancel(JobId id) {
            PostgresJobQueueTest.this.cancel(id.value());
            super.cancel(id);
        }

        @Override
        protected List<Integer> processAll() {
            replica.start();
            awaitEnd();
            List<Integer> images = replica.started.subList(seen, replica.started.size()).stream()
                    .map(ImageTask::index)
                    .toList();
            seen += images.size();
            return images;
        }
    }

    @Test
    void sharesTheSlicesOfAJobBetweenReplicas() {
        ClaimingReplica one = replica(4, PostgresJobQueueTest::atOnce).start();
        ClaimingReplica other = replica(4, PostgresJobQueueTest::atOnce).start();
        one.submit(Jobs.job(1).visit("S1", urls(10_000)));

        awaitEnd();

        assertCounted(1, 10_000);
        assertThat(one.started).hasSizeGreaterThan(1_000);
        assertThat(other.started).hasSizeGreaterThan(1_000);
        assertThat(one.started.size() + other.started.size()).isEqualTo(10_000);
    }

    @Test
    void enqueuesSlicesWithImagesToDownload() {
        ClaimingReplica replica = replica(4, PostgresJobQueueTest::atOnce);
        replica.submit(Jobs.job(1)
                .visit("unknown", urls(17))
                .visit("S1", urls(1))
                .visit("unknown", urls(300))
                .visit("S1", urls(2))
                .visit("S1", urls(300)));

        // 0 to 15, 16 to 271, 272 to 527, 528 to 619: images 17, 318 and 319, 320 to 619.
        assertThat(claims(1)).containsExactly("1/16", "1/272", "1/528");
        replica.start();
        awaitEnd();
        assertThat(replica.started)
                .extracting(ImageTask::index)
                .containsExactlyInAnyOrderElementsOf(IntStream.concat(IntStream.of(17), IntStream.range(318, 620))
                        .boxed()
                        .toList());
    }

    @Test
    void enqueuesNothingIfTheJobIsNotSaved() {
        ClaimingReplica replica = replica(4, PostgresJobQueueTest::atOnce).start();
        Job job = Jobs.job(1).visit("S1", urls(20)).build();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> replica.store.save(job, jobs -> {
                    replica.queue.enqueue(jobs);
                    throw new IllegalStateException("expected by this test");
                }));

        assertThat(claims(1)).isEmpty();
        assertThat(replica.started).isEmpty();
    }

    @Test
    void countsPendingImagesOfAllReplicas() {
        ClaimingReplica one = new ClaimingReplica(database, 10, 4, PostgresJobQueueTest::atOnce);
        ClaimingReplica other = new ClaimingReplica(database, 10, 4, PostgresJobQueueTest::atOnce);
        replicas.addAll(List.of(one, other));
        other.queue.backlog().reserve(1);
        one.submit(Jobs.job(1).visit("S1", urls(8)));

        // Its count of the other replicas' images may be one second old.
        await().atMost(SOON)
                .untilAsserted(() -> assertThatExceptionOfType(SubmissionRejectedException.class)
                        .isThrownBy(() -> reserveAndRelease(other, 2))
                        .withMessage("backlog limit of 10 images reached; try again later"));
        other.queue.backlog().reserve(1);
    }

    @Test
    void startsNewLargeJobAtTheCurrentVirtualTime() {
        ClaimingReplica replica = replica(4, PostgresJobQueueTest::atOnce);
        replica.submit(Jobs.job(1).visit("S1", urls(16 + 256 * 4)));
        assertThat(virtualTimes(1)).containsExactly(1L, 1L, 2L, 3L, 4L);
        jdbc.update("DELETE FROM scheduled_tasks WHERE task_instance IN ('1/16', '1/272')");

        replica.submit(Jobs.job(2).visit("S1", urls(16 + 256)));
        assertThat(virtualTimes(2)).containsExactly(2L, 4L);

        jdbc.update("UPDATE scheduled_tasks SET picked = true WHERE priority = 0");
        replica.submit(Jobs.job(3).visit("S1", urls(17)));
        assertThat(virtualTimes(3)).as("all others are leased").containsExactly(3L, 5L);
    }

    @Test
    void startsNewLargeJobBehindOldSlicesOfBlockedJob() {
        ClaimingReplica replica = replica(4, PostgresJobQueueTest::atOnce);
        replica.submit(Jobs.job(1).visit("S1", urls(16 + 256 * 4)));
        replica.submit(Jobs.job(2).visit("S1", urls(16 + 256 * 4)));
        jdbc.update("UPDATE scheduled_tasks SET picked = true WHERE task_instance IN ('2/16', '2/272')");

        replica.submit(Jobs.job(3).visit("S1", urls(17)));

        assertThat(virtualTimes(3)).containsExactly(3L, 4L);
    }

    @Test
    void prioritizesFirstSliceWithImagesToDownload() {
        ClaimingReplica replica = replica(4, PostgresJobQueueTest::atOnce);
        replica.submit(Jobs.job(1).visit("unknown", urls(20)).visit("S1", urls(300)));

        assertThat(jdbc.queryForList("SELECT task_instance FROM scheduled_tasks WHERE priority = 1", String.class))
                .containsExactly("1/16");
    }

    @Test
    void worksOnOtherJobsWhileSlicesWithLongUrlsFillTheMemory() {
        String path = "x".repeat(9_900);
        ClaimingReplica replica = new ClaimingReplica(
                database,
                MANY,
                4_096,
                task -> {
                    if (task.url().startsWith("http://dead/")) {
                        downloads.acquireUninterruptibly();
                    }
                },
                System::nanoTime,
                new SliceLeases(1));
        replicas.add(replica);
        List<String> urls = IntStream.range(0, 2_000)
                .mapToObj(i -> "http://dead/" + i + path)
                .toList();
        replica.submit(Jobs.job(1).visit("S1", urls));
        replica.start();
        await().atMost(SOON).until(() -> replica.leases.memory().postponedJobs().contains(new JobId(1)));

        replica.submit(Jobs.job(2).visit("S1", urls(5)));
        replica.submit(Jobs.job(3).visit("S1", urls(1_000)));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jdbc.queryForObject(
                                "SELECT count(*) FROM job WHERE state = 'completed'", Integer.class))
                        .isEqualTo(2));
        assertThat(replica.leases.memory().heldBytes()).isLessThan(SliceMemory.MIN_LIMIT);
        downloads.release(MANY);
        awaitEnd();
        assertCounted(1, 2_000);
    }

    @Test
    void startsSmallJobBesideLargeOneOnBusyReplicas() {
        ClaimingReplica one = replica(2, this::whenAllowed).start();
        ClaimingReplica other = replica(2, this::whenAllowed).start();
        one.submit(Jobs.job(1).visit("S1", urls(20_000)));
        await().atMost(SOON).until(() -> one.started.size() + other.started.size() == 4 && one.local.waiting() > 500);

        one.submit(Jobs.job(2).visit("S1", urls(1)));
        await().atMost(SOON).until(() -> claims(2).isEmpty() || isLeased(2));
        await().atMost(SOON).until(() -> one.leases.opening() + other.leases.opening() == 0);
        downloads.release(4);

        await().atMost(SOON).until(() -> started(2) == 1);
        assertThat(started(1)).isLessThanOrEqualTo(4 + 4);
    }

    @Test
    void sharesReplicaBetweenLargeJobsInAnyOrder() {
        ClaimingReplica replica = replica(4, this::whenAllowed).start();
        replica.submit(Jobs.job(1).visit("S1", urls(20_000)));
        await().atMost(SOON).until(() -> replica.started.size() == 4);
        replica.submit(Jobs.job(2).visit("S1", urls(20_000)));

        downloads.release(6_000);

        await().atMost(SOON).until(() -> replica.started.size() >= 6_000);
        // Leases on slices of the first job, which it already had, are not revoked.
        assertThat(started(2)).isBetween(1_800L, 3_100L);
    }

    @Test
    void releasesLeasesAtStopAndRecordsResultsInFlight() {
        ClaimingReplica stopping = replica(3, this::whenAllowed).start();
        stopping.submit(Jobs.job(1).visit("S1", urls(1_000)));
        await().atMost(SOON).until(() -> stopping.started.size() == 3);
        List<Long> before = virtualTimes(1);

        stopping.stop();

        assertThat(jdbc.queryForList("SELECT task_instance FROM scheduled_tasks WHERE picked"))
                .isEmpty();
        assertThat(virtualTimes(1)).as("virtual times").isEqualTo(before);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> stopping.queue.backlog().reserve(1))
                .withMessage("the service is shutting down");
        downloads.release(3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jdbc.queryForObject("SELECT succeeded FROM job", Integer.class))
                        .isEqualTo(3));
        downloads.release(MANY);
        ClaimingReplica other = replica(8, this::whenAllowed).start();
        awaitEnd();
        assertThat(other.started).hasSize(997);
        assertCounted(1, 1_000);
    }

    @Test
    void takesOverSlicesOfDeadReplica() {
        ClaimingReplica dying = replica(3, this::whenAllowed).start();
        dying.submit(Jobs.job(1).visit("S1", urls(600)));
        downloads.release(10);
        await().atMost(SOON)
                .until(() -> Objects.equals(
                        jdbc.queryForObject("SELECT succeeded = 10 AND running = 3 FROM job", Boolean.class), true));

        dying.die();
        ClaimingReplica living = replica(8, PostgresJobQueueTest::atOnce).start();

        awaitEnd();
        assertThat(living.started).as("images without a result").hasSize(590);
        assertCounted(1, 600);
    }

    @Test
    void keepsLeasesOfLivingReplica() {
        ClaimingReplica busy = replica(3, this::whenAllowed).start();
        busy.submit(Jobs.job(1).visit("S1", urls(5)));
        await().atMost(SOON).until(() -> busy.started.size() == 3);
        ClaimingReplica idle = replica(3, PostgresJobQueueTest::atOnce).start();
        jdbc.execute("CREATE TABLE claim AS SELECT version, last_heartbeat FROM scheduled_tasks");

        await().atMost(SOON)
                .until(() -> Objects.equals(
                        jdbc.queryForObject(
                                "SELECT t.last_heartbeat > c.last_heartbeat + interval '4 s'"
                                        + " FROM scheduled_tasks AS t, claim AS c",
                                Boolean.class),
                        true));

        assertThat(jdbc.queryForObject(
                        "SELECT t.version = c.version FROM scheduled_tasks AS t, claim AS c", Boolean.class))
                .as("the claim is unchanged after it would have expired without heartbeats")
                .isTrue();
        assertThat(idle.started).isEmpty();
        downloads.release(5);
        awaitEnd();
        assertCounted(1, 5);
    }

    @Test
    void countsImagesOnceIfTwoReplicasWorkOnTheirSlice() {
        ClaimingReplica one = replica(3, this::whenAllowed).start();
        one.submit(Jobs.job(1).visit("S1", urls(12)));
        await().atMost(SOON).until(() -> one.started.size() == 3);
        ClaimingReplica other = replica(3, this::whenAllowed).start();
        // As if another replica had treated this one as dead.
        one.leases.close();
        await().atMost(SOON).until(() -> other.started.size() == 3);

        downloads.release(MANY);

        awaitEnd();
        assertThat(one.started).hasSize(3);
        assertThat(other.started).hasSize(12);
        assertCounted(1, 12);
    }

    @Test
    void startsNoMoreImagesOfSliceThatWasTakenOver() {
        ClaimingReplica one = replica(3, this::whenAllowed).start();
        one.submit(Jobs.job(1).visit("S1", urls(12)));
        await().atMost(SOON).until(() -> one.started.size() == 3);

        jdbc.update("UPDATE scheduled_tasks SET version = version + 1, picked_by = 'other',"
                // No replica treats the other one as dead during this test.
                + " last_heartbeat = now() + interval '1 hour'");

        await().atMost(SOON).until(() -> one.leases.size() == 0 && one.local.waiting() == 0);
        downloads.release(3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jdbc.queryForObject("SELECT succeeded FROM job", Integer.class))
                        .isEqualTo(3));
        assertThat(one.started).hasSize(3);
    }

    @Test
    void stopsWorkOnJobThatAnotherReplicaCancelled() {
        ClaimingReplica one = replica(3, this::whenAllowed).start();
        ClaimingReplica other = replica(3, PostgresJobQueueTest::atOnce);
        one.submit(Jobs.job(1).visit("S1", urls(3_000)));
        await().atMost(SOON).until(() -> one.started.size() == 3 && one.leases.size() > 2);

        cancel(1);
        other.queue.cancel(new JobId(1));

        await().atMost(SOON).until(() -> claims(1).isEmpty() && one.local.waiting() == 0);
        downloads.release(MANY);
        await().atMost(SOON).until(() -> one.leases.size() == 0);
        assertThat(one.started).hasSize(3);
    }

    @Test
    void pausesFailedSliceAndContinuesWithOthers() {
        ClaimingReplica replica = replica(3, PostgresJobQueueTest::atOnce);
        replica.submit(Jobs.job(1).visit("S1", urls(2)));
        // A list of lists cannot be read.
        jdbc.update("UPDATE slice SET urls = '{{http://a/0},{http://a/1}}'");
        replica.start();
        await().atMost(SOON).until(() -> picked(1));

        replica.submit(Jobs.job(2).visit("S1", urls(2)));
        await().atMost(SOON).until(() -> started(2) == 2);
        assertThat(picked(1)).as("claimed during the pause").isTrue();

        jdbc.update("UPDATE slice SET urls = '{http://a/0,http://a/1}' WHERE job_id = 1");
        awaitEnd();
        assertCounted(1, 2);
    }

    @Test
    void logsFailedClaimsAtMostOncePerMinuteAndContinues() {
        ClaimingReplica replica = replica(3, PostgresJobQueueTest::atOnce).start();
        try (LogLines log = new LogLines(Level.DEBUG)) {
            jdbc.execute("ALTER TABLE scheduled_tasks RENAME picked_by TO hidden");

            await().atMost(SOON).until(() -> failedClaims(log).size() >= 3);

            assertThat(failedClaims(log)).extracting(ILoggingEvent::getLevel).startsWith(Level.ERROR, Level.DEBUG);
            assertThat(failedClaims(log))
                    .filteredOn(line -> line.getLevel() == Level.ERROR)
                    .hasSize(1);
            jdbc.execute("ALTER TABLE scheduled_tasks RENAME hidden TO picked_by");
        }
        replica.submit(Jobs.job(1).visit("S1", urls(2)));
        awaitEnd();
        assertCounted(1, 2);
    }

    private static List<ILoggingEvent> failedClaims(LogLines log) {
        return log.all().stream()
                .filter(line -> line.getFormattedMessage().startsWith("claiming slices failed"))
                .toList();
    }

    private static void reserveAndRelease(ClaimingReplica replica, int images) {
        replica.queue.backlog().reserve(images);
        replica.queue.backlog().release(images);
    }

    private boolean picked(long job) {
        return !jdbc.queryForList("SELECT * FROM scheduled_tasks WHERE picked AND task_instance = ?", job + "/0")
                .isEmpty();
    }

    private boolean isLeased(long job) {
        return replicas.stream().anyMatch(replica -> replica.leases.of(new JobId(job), 0) != null);
    }

    private long started(long job) {
        return replicas.stream()
                .flatMap(replica -> replica.started.stream())
                .filter(task -> task.jobId().value() == job)
                .count();
    }

    private void cancel(long job) {
        jdbc.update("""
                UPDATE job SET state = 'cancelled', cancelled = images - succeeded - failed, running = 0,
                    finished_at = now()
                WHERE id = ? AND state = 'ongoing'
                """, job);
    }

    private List<String> claims(long job) {
        return jdbc.queryForList(
                "SELECT task_instance FROM scheduled_tasks WHERE split_part(task_instance, '/', 1) = ?"
                        + " ORDER BY split_part(task_instance, '/', 2)::integer",
                String.class,
                Long.toString(job));
    }

    private List<Long> virtualTimes(long job) {
        return jdbc.queryForList(
                "SELECT (extract(epoch FROM execution_time) * 1000)::bigint FROM scheduled_tasks"
                        + " WHERE split_part(task_instance, '/', 1) = ?"
                        + " ORDER BY split_part(task_instance, '/', 2)::integer",
                Long.class,
                Long.toString(job));
    }

    /** Waits until all jobs are finished and no claim is left. */
    private void awaitEnd() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jdbc.queryForList("SELECT * FROM scheduled_tasks"))
                        .isEmpty());
        assertThat(jdbc.queryForList("SELECT * FROM job WHERE state = 'ongoing'"))
                .isEmpty();
    }

    private void assertCounted(long job, int images) {
        assertThat(jdbc.queryForMap("SELECT succeeded, running, failed, state FROM job WHERE id = ?", job))
                .containsEntry("succeeded", images)
                .containsEntry("running", 0)
                .containsEntry("failed", 0)
                .containsEntry("state", "completed");
        assertThat(jdbc.queryForObject("SELECT count(*) FROM image_result WHERE job_id = ?", Integer.class, job))
                .isEqualTo(images);
    }

    private static List<String> urls(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://a/" + i).toList();
    }
}
