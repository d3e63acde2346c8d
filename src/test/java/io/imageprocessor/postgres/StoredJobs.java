package io.imageprocessor.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Checks invariants of the tables, which hold at every instant and with any number of replicas. */
public final class StoredJobs {

    /** Queries that find the jobs that violate an invariant, by the invariant. */
    private static final Map<String, String> VIOLATIONS = violations();

    private StoredJobs() {}

    /** Fails unless results, bitmaps and counters of all jobs agree. */
    public static void check(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        VIOLATIONS.forEach((what, query) -> assertThat(jdbc.queryForList(query, Long.class))
                .as("jobs that violate: %s", what)
                .isEmpty());
    }

    /** Fails if a table has rows of a job that does not exist. */
    public static void checkNoOrphans(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        for (String table : new String[] {"visit", "job_store", "slice", "slice_progress", "image_result"}) {
            assertThat(jdbc.queryForList(
                            "SELECT DISTINCT job_id FROM " + table + " WHERE job_id NOT IN (SELECT id FROM job)",
                            Long.class))
                    .as("deleted jobs with rows in %s", table)
                    .isEmpty();
        }
    }

    private static Map<String, String> violations() {
        Map<String, String> violations = new LinkedHashMap<>();
        violations.put("the counters equal the numbers of results", """
                SELECT id FROM job LEFT JOIN (
                    SELECT job_id, count(*) FILTER (WHERE code IS NULL) AS good, count(code) AS bad
                    FROM image_result GROUP BY job_id) AS r ON r.job_id = id
                WHERE succeeded <> coalesce(good, 0) OR failed <> coalesce(bad, 0)
                """);
        violations.put(
                "there are as many done bits as results, and as many running images as other started bits",
                """
                SELECT id FROM job LEFT JOIN (
                    SELECT job_id, count(*) FILTER (WHERE done) AS done,
                        count(*) FILTER (WHERE started AND NOT done) AS running
                    FROM (%s) AS bit GROUP BY job_id) AS b ON b.job_id = id
                WHERE succeeded + failed <> coalesce(b.done, 0)
                    OR job.running <> CASE WHEN state = 'ongoing' THEN coalesce(b.running, 0) ELSE 0 END
                """.formatted(bits()));
        violations.put("each result has a done bit", """
                SELECT job_id FROM image_result AS r WHERE NOT EXISTS (
                    SELECT FROM (%s) AS bit WHERE bit.job_id = r.job_id AND bit.image = r.image AND bit.done)
                """.formatted(bits()));
        violations.put("the state follows from the counters", """
                SELECT id FROM job WHERE state <> CASE
                    WHEN cancelled > 0 THEN 'cancelled'
                    WHEN succeeded + failed < images THEN 'ongoing'
                    WHEN failed > 0 THEN 'failed'
                    ELSE 'completed' END
                    OR (cancelled > 0 AND succeeded + failed + cancelled <> images)
                """);
        violations.put("the images of the slices, visits and stores add up to those of the job", """
                SELECT id FROM job
                WHERE images <> (SELECT sum(cardinality(urls)) FROM slice WHERE job_id = id)
                    OR images <> (SELECT sum(visit.images) FROM visit WHERE job_id = id)
                    OR images <> (SELECT sum(job_store.images) FROM job_store WHERE job_id = id)
                    OR (SELECT count(*) FROM slice WHERE job_id = id)
                        <> (SELECT count(*) FROM slice JOIN slice_progress USING (job_id, first_image)
                            WHERE job_id = id)
                """);
        violations.put("each store has the number of its failed images and the first failure", """
                SELECT s.job_id FROM job_store AS s LEFT JOIN (
                    SELECT v.job_id, v.store_id, count(*) AS failed, min(r.image) AS first
                    FROM image_result AS r JOIN visit AS v ON v.job_id = r.job_id
                        AND r.image >= v.first_image AND r.image < v.first_image + v.images
                    WHERE r.code IS NOT NULL GROUP BY v.job_id, v.store_id) AS f USING (job_id, store_id)
                LEFT JOIN image_result AS r ON r.job_id = s.job_id AND r.image = f.first
                WHERE s.failed <> coalesce(f.failed, 0) OR s.first_failed IS DISTINCT FROM f.first
                    OR (f.first IS NOT NULL AND (s.code, s.message) IS DISTINCT FROM (r.code, r.message))
                """);
        violations.put("each store of a settled job has the number of its cancelled images", """
                SELECT s.job_id FROM job_store AS s JOIN job ON job.id = s.job_id AND job.settled
                LEFT JOIN (
                    SELECT v.job_id, v.store_id, count(*) AS results
                    FROM image_result AS r JOIN visit AS v ON v.job_id = r.job_id
                        AND r.image >= v.first_image AND r.image < v.first_image + v.images
                    GROUP BY v.job_id, v.store_id) AS f USING (job_id, store_id)
                WHERE s.cancelled <> CASE WHEN job.state = 'cancelled' THEN s.images - coalesce(f.results, 0) ELSE 0 END
                    OR (s.code IS NOT NULL) <> (s.failed + s.cancelled > 0)
                """);
        return violations;
    }

    /** Selects the bits of each image. */
    private static String bits() {
        return """
                SELECT job_id, first_image + i AS image,
                    i < 8 * length(started)
                        AND get_bit(started || '\\x00', least(i, 8 * length(started))) = 1 AS started,
                    i < 8 * length(done) AND get_bit(done || '\\x00', least(i, 8 * length(done))) = 1 AS done
                FROM slice_progress, generate_series(0, 8 * greatest(length(started), length(done)) - 1) AS i
                """;
    }
}
