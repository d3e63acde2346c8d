package io.imageprocessor.postgres.writing;

import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes jobs whose retention is over, and expired idempotency keys. A job is first made invisible, then deleted in
 * chunks, its own row last, so that the next run finds what a crash leaves behind. A transaction deletes at most some
 * thousand rows of each table, and only one replica deletes jobs at a time. Thread-safe.
 */
@RequiredArgsConstructor
public final class Retention {

    /** Maximum number of images in one transaction. */
    private static final int IMAGES = 5_000;

    /** Maximum number of jobs in one transaction. */
    private static final int JOBS = 500;

    /** Maximum number of idempotency keys in one transaction. */
    private static final int KEYS = 5_000;

    /** Key of the advisory lock that one replica holds while it deletes jobs; no other code uses this number. */
    static final long ADVISORY_LOCK = 0x726574656e74696fL;

    private final Database database;
    private final RetentionCutoff cutoff;
    private final Clock clock;

    private final GuardedTask jobDeletion =
            new GuardedTask("deleting expired jobs", DatabaseFailure::isReportedByMonitor);
    private final GuardedTask keyDeletion =
            new GuardedTask("deleting expired idempotency keys", DatabaseFailure::isReportedByMonitor);

    /** Deletes what has expired by now. Deletes no job while another replica does; logs failures and throws none. */
    @Scheduled(fixedDelayString = "PT1M")
    void deleteExpired() {
        jobDeletion.run(this::deleteJobs);
        keyDeletion.run(this::deleteKeys);
    }

    /** @param images number of its images */
    private record ExpiredJob(long id, int images) {}

    private void deleteJobs() {
        List<ExpiredJob> jobs = nextJobs();
        while (!jobs.isEmpty() && delete(jobs)) {
            jobs = nextJobs();
        }
    }

    /**
     * Returns the jobs to delete next: one, or several with few images together. Makes expired jobs invisible first,
     * unless invisible ones are left.
     */
    private List<ExpiredJob> nextJobs() {
        List<ExpiredJob> all = database.inTransaction(jdbc -> {
            List<ExpiredJob> left = invisibleJobs(jdbc);
            if (!left.isEmpty()) {
                return left;
            }
            jdbc.update("""
                    UPDATE job SET finished_at = '-infinity' WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM job WHERE finished_at > '-infinity' AND finished_at <= ?
                        ORDER BY finished_at LIMIT ? FOR NO KEY UPDATE SKIP LOCKED))
                    """, cutoff.time(), JOBS);
            return invisibleJobs(jdbc);
        });
        List<ExpiredJob> next = new ArrayList<>();
        long images = 0;
        for (ExpiredJob job : all) {
            images += job.images();
            if (next.isEmpty() || images <= IMAGES) {
                next.add(job);
            }
        }
        return next;
    }

    private static List<ExpiredJob> invisibleJobs(JdbcTemplate jdbc) {
        return jdbc.query(
                "SELECT id, images FROM job WHERE finished_at = '-infinity' ORDER BY id LIMIT ?",
                (row, _) -> new ExpiredJob(row.getLong("id"), row.getInt("images")),
                JOBS);
    }

    /** Returns false if another replica is deleting. */
    private boolean delete(List<ExpiredJob> jobs) {
        int end = jobs.stream().mapToInt(ExpiredJob::images).max().orElse(0);
        boolean locked = true;
        for (int first = 0; first < end && locked; first += IMAGES) {
            locked = delete(jobs, first, end);
        }
        return locked;
    }

    private boolean delete(List<ExpiredJob> jobs, int first, int end) {
        return database.inTransaction(jdbc -> {
            // The lock ends with the transaction.
            boolean locked = Boolean.TRUE.equals(
                    jdbc.queryForObject("SELECT pg_try_advisory_xact_lock(?)", Boolean.class, ADVISORY_LOCK));
            if (locked) {
                CHUNK_DELETIONS.forEach(sql -> jdbc.batchUpdate(sql, jobs, jobs.size(), (statement, job) -> {
                    statement.setLong(1, job.id());
                    statement.setInt(2, first);
                    statement.setInt(3, first + IMAGES);
                }));
                if (end - first <= IMAGES) {
                    jdbc.batchUpdate(
                            "DELETE FROM job WHERE id = ?",
                            jobs,
                            jobs.size(),
                            (statement, job) -> statement.setLong(1, job.id()));
                }
            }
            return locked;
        });
    }

    /**
     * Deletes the rows of a chunk of images of one job. For several jobs in one statement, PostgreSQL would choose a
     * sequential scan.
     */
    private static final List<String> CHUNK_DELETIONS = List.of(
            "DELETE FROM image_result WHERE job_id = ? AND image >= ? AND image < ?",
            "DELETE FROM slice WHERE job_id = ? AND first_image >= ? AND first_image < ?",
            "DELETE FROM slice_progress WHERE job_id = ? AND first_image >= ? AND first_image < ?",
            // A store is deleted with the first of its visits.
            """
            WITH deleted_visit AS (
                DELETE FROM visit WHERE job_id = ? AND first_image >= ? AND first_image < ? RETURNING job_id, store_id)
            DELETE FROM job_store WHERE ctid = ANY (ARRAY (
                SELECT s.ctid FROM (SELECT DISTINCT job_id, store_id FROM deleted_visit) AS d
                CROSS JOIN LATERAL (
                    SELECT ctid FROM job_store WHERE job_id = d.job_id AND store_id = d.store_id LIMIT 1) AS s))
            """);

    private void deleteKeys() {
        int deleted = KEYS;
        while (deleted == KEYS) {
            deleted = database.execute(jdbc -> jdbc.update("""
                    DELETE FROM submission_key WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM submission_key WHERE free_at <= ? LIMIT ? FOR UPDATE SKIP LOCKED))
                    """, PostgresTime.of(clock.instant()), KEYS));
        }
    }
}
