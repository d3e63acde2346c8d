package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.JobRowMapper;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes what nobody can ask for any more: jobs whose retention is over, and keys that are free again. A job is first
 * made invisible for good, then deleted piece by piece, its own row last: a crash in between leaves nothing behind that
 * the next run would not find. No transaction deletes more than some thousand rows of each table, and only one replica
 * is at it.
 */
@RequiredArgsConstructor
public final class Retention {

    /** Of one transaction. */
    private static final int IMAGES = 5_000;

    private static final int JOBS = 500;
    private static final int KEYS = 5_000;

    /** What the replicas' transactions lock to take turns; any number that nothing else uses. */
    static final long TURN = 0x726574656e74696fL;

    private final Database database;
    private final RetentionCutoff expiry;
    private final Clock clock;

    private final GuardedTask deleting =
            new GuardedTask("deleting expired jobs", StorageUnavailableException.class::isInstance);

    /** Deletes what has expired by now, or leaves it to the replica that is at it. */
    @Scheduled(fixedDelayString = "PT1M")
    public void deleteExpired() {
        deleting.run(() -> {
            deleteJobs();
            deleteKeys();
        });
    }

    /** @param images how many it has */
    private record Doomed(long id, int images) {}

    private void deleteJobs() {
        List<Doomed> doomed = doom();
        while (!doomed.isEmpty() && delete(doomed)) {
            doomed = doom();
        }
    }

    /**
     * Makes expired jobs invisible unless some are so already, and tells which are to be deleted next: one, or several
     * with few images together.
     */
    private List<Doomed> doom() {
        List<Doomed> all = database.inTransaction(jdbc -> {
            List<Doomed> before = doomed(jdbc);
            if (!before.isEmpty()) {
                return before;
            }
            jdbc.update("""
                    UPDATE job SET finished_at = '-infinity' WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM job WHERE finished_at > '-infinity' AND finished_at <= ?
                        ORDER BY finished_at LIMIT ? FOR NO KEY UPDATE SKIP LOCKED))
                    """, expiry.newestToForget(), JOBS);
            return doomed(jdbc);
        });
        List<Doomed> next = new ArrayList<>();
        long images = 0;
        for (Doomed job : all) {
            images += job.images();
            if (next.isEmpty() || images <= IMAGES) {
                next.add(job);
            }
        }
        return next;
    }

    private static List<Doomed> doomed(JdbcTemplate jdbc) {
        return jdbc.query(
                "SELECT id, images FROM job WHERE finished_at = '-infinity' ORDER BY id LIMIT ?",
                (row, _) -> new Doomed(row.getLong("id"), row.getInt("images")),
                JOBS);
    }

    /** False if another replica is at it. */
    private boolean delete(List<Doomed> jobs) {
        int end = jobs.stream().mapToInt(Doomed::images).max().orElse(0);
        boolean inTurn = true;
        for (int first = 0; first < end && inTurn; first += IMAGES) {
            inTurn = delete(jobs, first, end);
        }
        return inTurn;
    }

    private boolean delete(List<Doomed> jobs, int first, int end) {
        return database.inTransaction(jdbc -> {
            // Until the end of the transaction.
            boolean inTurn = Boolean.TRUE.equals(
                    jdbc.queryForObject("SELECT pg_try_advisory_xact_lock(?)", Boolean.class, TURN));
            if (inTurn) {
                PIECES.forEach(piece -> jdbc.batchUpdate(piece, jobs, jobs.size(), (statement, job) -> {
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
            return inTurn;
        });
    }

    /**
     * What belongs to some successive images of a job. Of one job each: for many, the database would rather read a
     * table from its beginning to its end.
     */
    private static final List<String> PIECES = List.of(
            "DELETE FROM image_result WHERE job_id = ? AND image >= ? AND image < ?",
            "DELETE FROM slice WHERE job_id = ? AND first_image >= ? AND first_image < ?",
            "DELETE FROM slice_progress WHERE job_id = ? AND first_image >= ? AND first_image < ?",
            // Each store goes with the first of its visits.
            """
            WITH gone AS (
                DELETE FROM visit WHERE job_id = ? AND first_image >= ? AND first_image < ? RETURNING job_id, store_id)
            DELETE FROM job_store WHERE ctid = ANY (ARRAY (
                SELECT s.ctid FROM (SELECT DISTINCT job_id, store_id FROM gone) AS g
                CROSS JOIN LATERAL (
                    SELECT ctid FROM job_store WHERE job_id = g.job_id AND store_id = g.store_id LIMIT 1) AS s))
            """);

    private void deleteKeys() {
        int deleted = KEYS;
        while (deleted == KEYS) {
            deleted = database.with(jdbc -> jdbc.update("""
                    DELETE FROM submission_key WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM submission_key WHERE free_at <= ? LIMIT ? FOR UPDATE SKIP LOCKED))
                    """, JobRowMapper.utc(clock.instant()), KEYS));
        }
    }
}
