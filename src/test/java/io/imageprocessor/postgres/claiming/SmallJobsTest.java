package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.postgres.ClaimingReplica;
import io.imageprocessor.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Further cases with one small job are in {@link PostgresJobQueueTest}. */
class SmallJobsTest {

    private static final int MANY = 1_000_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final DataSource database = TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final List<ClaimingReplica> replicas = new ArrayList<>();

    /** Each image takes a permit to finish. */
    private final Semaphore downloads = new Semaphore(0);

    private ClaimingReplica replica() {
        ClaimingReplica replica = new ClaimingReplica(database, MANY, 3, _ -> downloads.acquireUninterruptibly());
        replicas.add(replica);
        return replica;
    }

    @AfterEach
    void close() {
        downloads.release(MANY);
        replicas.forEach(ClaimingReplica::close);
    }

    @Test
    void claimsJobWithTheTransactionThatSavesIt() {
        replica().start().submit(job(1, 16));

        assertThat(claim(1)).containsEntry("picked", true).containsEntry("version", 1L);
    }

    @Test
    void claimsNoJobBeforeTheReplicaWorks() {
        ClaimingReplica accepting = replica();
        accepting.submit(job(1, 1));

        assertThat(claim(1)).containsEntry("picked", false);
        replica().start();
        awaitStarted(1);
    }

    @Test
    void leavesLargerJobToAnyReplica() {
        ClaimingReplica replica = replica().start();
        // Of more than one slice, so the first one is claimed like those of all jobs.
        replica.submit(job(1, 17));

        awaitStarted(1);
        assertThat(claim(1)).containsEntry("version", 2L);
    }

    @Test
    void leavesJobToAnyReplicaIfEnoughImagesWait() {
        ClaimingReplica replica = replica().start();
        replica.submit(job(1, 1_000));
        await().atMost(SOON).until(() -> replica.local.waiting() >= 2 * 3 + 512);

        replica.submit(job(2, 1));

        await().atMost(SOON).untilAsserted(() -> assertThat(claim(2)).containsEntry("picked", true));
        assertThat(claim(2)).as("claimed by a poll").containsEntry("version", 2L);
    }

    @Test
    void worksOnlyOnDownloadableImages() {
        ClaimingReplica replica = replica().start();
        replica.submit(
                Jobs.job(1).visit("unknown", urls(2)).visit("S1", urls(1)).visit("unknown", urls(1)));
        downloads.release(MANY);

        awaitEnd();
        assertThat(replica.started).extracting(task -> task.index()).containsExactly(2);
        assertThat(jdbc.queryForMap("SELECT succeeded, failed, state FROM job"))
                .isEqualTo(Map.of("succeeded", 1, "failed", 3, "state", "failed"));
    }

    @Test
    void deletesTheClaimWithTheLastResult() {
        ClaimingReplica replica = replica().start();
        replica.submit(job(1, 3));
        downloads.release(2);
        await().atMost(SOON).until(() -> count("SELECT succeeded FROM job") == 2);
        assertThat(claims()).isEqualTo(1);

        downloads.release();

        await().atMost(SOON).until(() -> count("SELECT count(*) FROM job WHERE state = 'completed'") == 1);
        assertThat(claims()).isZero();
    }

    @Test
    void deletesTheClaimOfACancelledJob() {
        ClaimingReplica replica = replica().start();
        replica.submit(job(1, 3));
        awaitStarted(1);

        replica.store.cancel(new JobId(1));
        replica.queue.cancel(new JobId(1));

        await().atMost(SOON).until(() -> claims() == 0 && replica.leases.size() == 0);
    }

    @Test
    void deletesTheClaimIfTheLastResultComesAfterACancellation() {
        ClaimingReplica replica = replica().start();
        replica.submit(job(1, 1));
        awaitStarted(1);

        // As another replica does it; then the download ends before this one has noticed.
        replica.store.cancel(new JobId(1));
        downloads.release();

        await().atMost(SOON).until(() -> replica.leases.size() == 0);
        await().atMost(Duration.ofSeconds(2)).until(() -> claims() == 0);
    }

    @Test
    void writesHeartbeatsOfOtherClaimsWhileOneIsLocked() throws SQLException {
        ClaimingReplica replica = replica().start();
        replica.submit(job(1, 1));
        replica.submit(job(2, 1));
        awaitStarted(1);
        awaitStarted(2);
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM scheduled_tasks WHERE task_instance = '1/0' FOR UPDATE");
            Instant before = heartbeat(2);

            await().atMost(SOON).until(() -> heartbeat(2).isAfter(before));

            other.rollback();
        }
        Instant before = heartbeat(1);
        await().atMost(SOON).until(() -> heartbeat(1).isAfter(before));
    }

    private Instant heartbeat(int job) {
        return Objects.requireNonNull(jdbc.queryForObject(
                        "SELECT last_heartbeat FROM scheduled_tasks WHERE task_instance = ?",
                        OffsetDateTime.class,
                        job + "/0"))
                .toInstant();
    }

    @Test
    void leavesJobsToPollsWhileItHoldsManyFirstSlices() {
        ClaimingReplica replica = replica().start();
        for (int id = 1; id <= ClaimPolicy.MAX_CLAIMED_UNPOLLED + 5; id++) {
            replica.submit(job(id, 1));
        }

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(count("SELECT count(*) FROM scheduled_tasks WHERE version = 2"))
                        .as("claimed by polls")
                        .isEqualTo(5));
        assertThat(count("SELECT min(split_part(task_instance, '/', 1)::integer) FROM scheduled_tasks"
                        + " WHERE version = 2"))
                .isGreaterThan(ClaimPolicy.MAX_CLAIMED_UNPOLLED);
    }

    @Test
    void givesClaimsBackAtStop() {
        ClaimingReplica stopping = replica().start();
        stopping.submit(job(1, 5));
        stopping.submit(job(2, 5));
        awaitStarted(1);

        stopping.stop();

        assertThat(claim(1)).containsEntry("picked", false).containsEntry("version", 2L);
        assertThat(claim(2)).containsEntry("picked", false).containsEntry("version", 2L);
        downloads.release(MANY);
        replica().start();
        awaitEnd();
        assertCompleted(2, 10);
    }

    @Test
    void leavesClaimsToOthersWhenItDies() {
        ClaimingReplica dying = replica().start();
        dying.submit(job(1, 5));
        dying.submit(job(2, 1));
        awaitStarted(1);
        dying.die();

        ClaimingReplica living = replica().start();
        downloads.release(MANY);

        awaitEnd();
        assertThat(living.started).as("no result was recorded").hasSize(6);
        assertCompleted(2, 6);
    }

    @Test
    void savesNothingAndHoldsNothingIfTheTransactionFails() {
        ClaimingReplica replica = replica().start();
        Job job = job(1, 5).build();

        assertThatIllegalStateException()
                .isThrownBy(() -> replica.store.save(job, jobs -> {
                    replica.queue.enqueue(jobs);
                    throw new IllegalStateException("expected by this test");
                }));

        assertThat(claims()).isZero();
        assertThat(replica.leases.size()).isZero();
        assertThat(replica.leases.memory().heldBytes()).isZero();
    }

    @Test
    void savesJobsOfManyClientsTogether() throws InterruptedException {
        ClaimingReplica replica = replica().start();
        downloads.release(MANY);

        List<Thread> clients = IntStream.rangeClosed(1, 200)
                .mapToObj(id -> Thread.ofVirtual().start(() -> replica.submit(job(id, 1 + id % 3))))
                .toList();
        for (Thread client : clients) {
            client.join();
        }

        awaitEnd();
        assertCompleted(200, IntStream.rangeClosed(1, 200).map(id -> 1 + id % 3).sum());
        assertThat(count("SELECT count(DISTINCT xmin::text) FROM visit"))
                .as("transactions")
                .isLessThan(200);
        assertThat(replica.leases.memory().heldBytes()).isZero();
    }

    private static Jobs job(int id, int images) {
        return Jobs.job(id).visit("S1", urls(images));
    }

    private static List<String> urls(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://a/" + i).toList();
    }

    private Map<String, Object> claim(int job) {
        return jdbc.queryForMap("SELECT picked, version FROM scheduled_tasks WHERE task_instance = ?", job + "/0");
    }

    private int claims() {
        return count("SELECT count(*) FROM scheduled_tasks");
    }

    private int count(String sql) {
        Integer count = jdbc.queryForObject(sql, Integer.class);
        return count == null ? 0 : count;
    }

    private void awaitStarted(int job) {
        await().atMost(SOON)
                .until(() -> replicas.stream()
                        .flatMap(replica -> replica.started.stream())
                        .anyMatch(task -> task.jobId().value() == job));
    }

    private void awaitEnd() {
        await().atMost(SOON).untilAsserted(() -> assertThat(claims()).isZero());
    }

    private void assertCompleted(int jobs, int images) {
        assertThat(jdbc.queryForMap(
                        "SELECT count(*) AS jobs, sum(succeeded) AS images FROM job WHERE state = 'completed'"))
                .isEqualTo(Map.of("jobs", (long) jobs, "images", (long) images));
        assertThat(count("SELECT count(*) FROM image_result")).isEqualTo(images);
    }
}
