package io.imageprocessor.postgres;

import io.imageprocessor.job.StorageUnavailableException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes what nobody can ask for any more: jobs whose retention is over, and keys that are free again. A job is first made
 * invisible for good, then deleted piece by piece, its own row last: a crash in between leaves nothing behind that the next
 * run would not find. No transaction deletes more than some thousand rows of each table, and only one replica is at it.
 */
@Slf4j
@RequiredArgsConstructor
final class Retention {

    /** Of one transaction. */
    private static final int IMAGES = 5_000;

    private static final int JOBS = 500;
    private static final int KEYS = 5_000;

    /** What the replicas' transactions lock to take turns; any number that nothing else uses. */
    private static final long TURN = 0x726574656e74696fL;

    private final Database database;
    private final Expiry expiry;
    private final Clock clock;

    /** Deletes what has expired by now, or leaves it to the replica that is at it. */
    @Scheduled(fixedDelayString = "PT1M")
    void deleteExpired() {
        try {
            deleteJobs();
            deleteKeys();
        } catch (StorageUnavailableException e) {
            log.debug("what has expired is deleted later", e);
        }
    }

    /** @param images how many it has */
    private record Doomed(long id, int images) {}

    private void deleteJobs() {
        List<Doomed> doomed = doom();
        while (!doomed.isEmpty() && delete(doomed)) {
            doomed = doom();
        }
    }

    /** Makes expired jobs invisible, and tells which are to be deleted next: one, or several with few images together. */
    private List<Doomed> doom() {
        List<Doomed> all = database.inTransaction(jdbc -> {
            jdbc.update("""
                    UPDATE job SET finished_at = '-infinity' WHERE id IN (
                        SELECT id FROM job WHERE finished_at > '-infinity' AND finished_at <= ?
                        ORDER BY finished_at LIMIT ? FOR NO KEY UPDATE SKIP LOCKED)
                    """, expiry.newestToForget(), JOBS);
            return jdbc.query(
                    "SELECT id, images FROM job WHERE finished_at = '-infinity' ORDER BY id LIMIT ?",
                    (row, _) -> new Doomed(row.getLong("id"), row.getInt("images")),
                    JOBS);
        });
        List<Doomed> next = new ArrayList<>();
        int images = 0;
        for (Doomed job : all) {
            images += job.images();
            if (next.isEmpty() || images <= IMAGES) {
                next.add(job);
            }
        }
        return next;
    }

    /** False if another replica is at it. */
    private boolean delete(List<Doomed> jobs) {
        Long[] ids = jobs.stream().map(Doomed::id).toArray(Long[]::new);
        int end = jobs.stream().mapToInt(Doomed::images).max().orElse(0);
        for (int from = 0; from < end; from += IMAGES) {
            int first = from;
            boolean last = end - from <= IMAGES;
            if (!inTurn(jdbc -> deleteImages(jdbc, ids, first, last))) {
                return false;
            }
        }
        return true;
    }

    private boolean inTurn(java.util.function.Consumer<JdbcTemplate> deletion) {
        return database.inTransaction(jdbc -> {
            // Until the end of the transaction.
            boolean granted = Boolean.TRUE.equals(
                    jdbc.queryForObject("SELECT pg_try_advisory_xact_lock(?)", Boolean.class, TURN));
            if (granted) {
                deletion.accept(jdbc);
            }
            return granted;
        });
    }

    private static void deleteImages(JdbcTemplate jdbc, Long[] jobs, int first, boolean last) {
        int end = first + IMAGES;
        jdbc.update("DELETE FROM image_result WHERE job_id = ANY (?) AND image >= ? AND image < ?", jobs, first, end);
        jdbc.update(
                "DELETE FROM slice WHERE job_id = ANY (?) AND first_image >= ? AND first_image < ?", jobs, first, end);
        jdbc.update(
                "DELETE FROM slice_progress WHERE job_id = ANY (?) AND first_image >= ? AND first_image < ?",
                jobs,
                first,
                end);
        // Each store goes with the first of its visits.
        jdbc.update("""
                WITH gone AS (
                    DELETE FROM visit WHERE job_id = ANY (?) AND first_image >= ? AND first_image < ?
                    RETURNING job_id, store_id)
                DELETE FROM job_store WHERE job_id = ANY (?) AND (job_id, store_id) IN (SELECT job_id, store_id FROM gone)
                """, jobs, first, end, jobs);
        if (last) {
            jdbc.update("DELETE FROM job WHERE id = ANY (?)", (Object) jobs);
        }
    }

    private void deleteKeys() {
        int deleted = KEYS;
        while (deleted == KEYS) {
            deleted = database.with(jdbc -> jdbc.update("""
                    DELETE FROM submission_key WHERE key IN (
                        SELECT key FROM submission_key WHERE free_at <= ? LIMIT ? FOR UPDATE SKIP LOCKED)
                    """, JobRows.utc(clock.instant()), KEYS));
        }
    }
}
