package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.UnnestRows;
import java.util.Collection;
import org.springframework.jdbc.core.JdbcTemplate;

/** Counts the failed images of each store of a job, in table {@code job_store}. Thread-safe. */
final class StoreFailures {

    private StoreFailures() {}

    /** Counts the failures among the changes, in the transaction that writes them and has locked their jobs. */
    static void count(JdbcTemplate jdbc, Collection<ImageChange> changes) {
        UnnestRows rows = new UnnestRows("int8", "int4", "text", "text");
        for (ImageChange change : changes) {
            if (change.result() instanceof ImageResult.Failed failure) {
                rows.add(
                        change.jobId().value(),
                        change.image(),
                        failure.code().code(),
                        PostgresText.of(failure.message()));
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        rows.update(jdbc, """
                WITH failure AS (
                    SELECT f.*, v.store_id FROM unnest(?, ?, ?, ?) AS f (job_id, image, code, message)
                    CROSS JOIN LATERAL (SELECT store_id FROM visit
                                        WHERE job_id = f.job_id AND first_image <= f.image
                                        ORDER BY first_image DESC LIMIT 1) AS v),
                first AS (
                    SELECT DISTINCT ON (job_id, store_id) *, count(*) OVER (PARTITION BY job_id, store_id) AS failed
                    FROM failure ORDER BY job_id, store_id, image)
                UPDATE job_store AS s
                SET failed = s.failed + first.failed,
                    first_failed = least(s.first_failed, first.image),
                    code = CASE WHEN s.first_failed < first.image THEN s.code ELSE first.code END,
                    message = CASE WHEN s.first_failed < first.image THEN s.message ELSE first.message END
                FROM first WHERE s.job_id = first.job_id AND s.store_id = first.store_id
                """);
    }
}
