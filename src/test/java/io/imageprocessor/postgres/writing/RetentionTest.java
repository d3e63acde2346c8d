package io.imageprocessor.postgres.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.StoredJobs;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** Expired jobs and keys are deleted completely, and nothing else. */
class RetentionTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final DataSource source = TestDatabase.dataSource();
    private final TestReplica replica = new TestReplica(source, clock);

    @AfterEach
    void check() {
        StoredJobs.check(source);
        replica.close();
    }

    @Test
    void deletesJobAfterRetention() {
        finished(1, 10);
        clock.advance(Duration.ofMinutes(1));
        Job younger = finished(2, 10);
        clock.advance(Duration.ofMinutes(59));

        replica.retention.deleteExpired();

        assertThat(storedJobs()).containsExactly(2L);
        assertThat(replica.queries.report(younger.id())).isPresent();
        StoredJobs.checkNoOrphans(source);

        clock.advance(Duration.ofMinutes(1));
        replica.retention.deleteExpired();
        assertThat(storedJobs()).isEmpty();
        StoredJobs.checkNoOrphans(source);
    }

    @Test
    void keepsOngoingJob() {
        Job job = saved(1, 10);
        clock.advance(Duration.ofDays(365));

        replica.retention.deleteExpired();

        assertThat(replica.queries.status(job.id())).isPresent();
    }

    @Test
    void deletesLargeAndSmallJobsInChunks() {
        for (int id = 1; id <= 20; id++) {
            finished(id, id == 7 ? 12_000 : 3);
        }
        clock.advance(Duration.ofHours(1));

        replica.retention.deleteExpired();

        assertThat(storedJobs()).isEmpty();
        StoredJobs.checkNoOrphans(source);
    }

    @Test
    void continuesAfterCrashAndHidesPartlyDeletedJob() {
        Job job = finished(1, 12_000);
        // The second chunk fails, as if the process had ended there.
        replica.jdbc().execute("""
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN RAISE 'expected by this test'; END $$;
                CREATE TRIGGER fail BEFORE DELETE ON image_result FOR EACH ROW WHEN (OLD.image >= 5000)
                    EXECUTE FUNCTION fail();
                """);
        clock.advance(Duration.ofHours(1));
        replica.retention.deleteExpired();
        assertThat(count("image_result")).isBetween(1, 11_999);

        // Also on a replica whose clock is behind.
        clock.advance(Duration.ofHours(-1));
        assertThat(replica.queries.status(job.id())).isEmpty();
        assertThat(replica.queries.report(job.id())).isEmpty();
        assertThat(replica.queries.jobs(JobFilter.ANY, null, 10)).isEmpty();

        replica.jdbc().execute("DROP TRIGGER fail ON image_result");
        replica.retention.deleteExpired();
        assertThat(storedJobs()).isEmpty();
        StoredJobs.checkNoOrphans(source);
    }

    @Test
    void deletesNothingWhileAnotherReplicaDeletes() {
        finished(1, 10);
        clock.advance(Duration.ofHours(1));
        try (TestReplica other = new TestReplica(source, clock)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.database.inTransaction(jdbc -> {
                        jdbc.execute("SELECT pg_advisory_xact_lock(" + Retention.ADVISORY_LOCK + ")");
                        replica.retention.deleteExpired();
                        throw new IllegalStateException("expected by this test");
                    }));
        }
        assertThat(count("image_result")).isEqualTo(10);

        replica.retention.deleteExpired();

        assertThat(count("image_result")).isZero();
    }

    @Test
    void deletesExpiredKeys() {
        IdempotencyKey key = new IdempotencyKey("used", "fingerprint");
        replica.keys.claim("used");
        replica.store.save(Jobs.job(1).visit("S1", "http://a/0").key(key).build(), _ -> {});
        replica.keys.claim("claimed");

        clock.advance(PostgresIdempotencyKeys.LEASE);
        replica.retention.deleteExpired();
        assertThat(storedKeys()).containsExactly("used");
        assertThat(replica.keys.claim("used")).isEqualTo(new IdempotencyClaim.Used(key, new JobId(1)));

        clock.advance(Duration.ofHours(24).minus(PostgresIdempotencyKeys.LEASE));
        replica.retention.deleteExpired();
        assertThat(storedKeys()).isEmpty();
    }

    @Test
    void deletesExpiredKeysWhileDeletingJobsFails() {
        finished(1, 10);
        replica.keys.claim("claimed");
        replica.jdbc().execute("""
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN RAISE 'expected by this test'; END $$;
                CREATE TRIGGER fail BEFORE DELETE ON image_result FOR EACH ROW EXECUTE FUNCTION fail();
                """);
        clock.advance(Duration.ofHours(1));

        replica.retention.deleteExpired();

        assertThat(storedJobs()).containsExactly(1L);
        assertThat(storedKeys()).isEmpty();
    }

    @Test
    void deletesEveryMinute() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.register(Scheduling.class);
            context.registerBean(Retention.class, () -> replica.retention);
            context.refresh();

            assertThat(context.getBean(ScheduledTaskHolder.class).getScheduledTasks())
                    .singleElement()
                    .satisfies(task -> assertThat(((FixedDelayTask) task.getTask()).getIntervalDuration())
                            .isEqualTo(Duration.ofMinutes(1)));
        }
    }

    @EnableScheduling
    static class Scheduling {}

    private Job saved(long id, int images) {
        Jobs jobs = Jobs.job(id);
        for (int image = 0; image < images; image++) {
            jobs.visit(image % 2 == 0 ? "S1" : "unknown " + image, "http://a/" + image);
        }
        Job job = jobs.build();
        replica.store.save(job, _ -> {});
        return job;
    }

    private Job finished(long id, int images) {
        Job job = saved(id, images);
        ImageResult result = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
        IntStream.range(0, images)
                .filter(image -> image % 2 == 0)
                .mapToObj(image -> replica.commits.record(job.id(), image, result))
                .toList()
                .forEach(outcome -> assertThat(outcome.join()).isNotNull());
        return job;
    }

    private List<Long> storedJobs() {
        return replica.jdbc().queryForList("SELECT id FROM job ORDER BY id", Long.class);
    }

    private List<String> storedKeys() {
        return replica.jdbc().queryForList("SELECT key FROM submission_key ORDER BY key", String.class);
    }

    private int count(String table) {
        return Objects.requireNonNull(replica.jdbc().queryForObject("SELECT count(*) FROM " + table, Integer.class));
    }
}
