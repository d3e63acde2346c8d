package io.imageprocessor.postgres.claiming;

import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Restores the progress of slices that have none, because their row was deleted, from the results of their images. With
 * five statements, whatever the number of slices, because it locks the rows of their jobs. Not thread-safe.
 */
@RequiredArgsConstructor
final class LostProgress {

    /** Counts the images whose bits are set in {@code started}, and not in {@code done}. */
    private static final String COUNT_RUNNING = """
            UPDATE job AS j SET version = version + 1, running = (
                SELECT coalesce(sum(bit_count(
                    ('x' || rpad(encode(p.started, 'hex'), 64, '0'))::bit(256)
                    & ~ ('x' || rpad(encode(p.done, 'hex'), 64, '0'))::bit(256))), 0)
                FROM slice_progress AS p WHERE p.job_id = j.id)
            WHERE id = ANY (?)
            """;

    private final JdbcTemplate jdbc;

    /** A slice without progress, and where its images end if its job is ongoing. */
    private record Missing(long job, int first, int end) {}

    /** In a transaction, restores the progress of those of the slices that have none, and whose job is ongoing. */
    void restore(List<SliceKey> slices) {
        List<Missing> unlocked = withoutProgress(slices);
        if (unlocked.isEmpty()) {
            return;
        }
        // All writers lock the row of the job first, so this excludes them.
        jobs(unlocked).query(jdbc, """
                SELECT FROM job WHERE id = ANY (?) AND state = 'ongoing' ORDER BY id FOR NO KEY UPDATE
                """, (_, _) -> true);
        List<Missing> missing = withoutProgress(slices);
        UnnestRows progress = new UnnestRows("int8", "int4", "bytea");
        rows(missing).query(jdbc, """
                        SELECT s.job_id, s.first, ARRAY (
                            SELECT image FROM image_result AS r
                            WHERE r.job_id = s.job_id AND r.image >= s.first AND r.image < s.last)
                        FROM unnest(?, ?, ?) AS s (job_id, first, last)
                        """, (row, _) -> {
            progress.add(row.getLong(1), row.getInt(2), done(row));
            return true;
        });
        progress.update(jdbc, """
                INSERT INTO slice_progress (job_id, first_image, started, done)
                SELECT job_id, first, ''::bytea, done FROM unnest(?, ?, ?) AS s (job_id, first, done)
                """);
        jobs(missing).update(jdbc, COUNT_RUNNING);
    }

    private List<Missing> withoutProgress(List<SliceKey> slices) {
        UnnestRows keys = new UnnestRows("int8", "int4");
        slices.forEach(key -> keys.add(key.jobId().value(), key.first()));
        return keys.query(
                jdbc,
                """
                SELECT j.id, s.first, j.images FROM unnest(?, ?) AS s (job_id, first) JOIN job AS j ON j.id = s.job_id
                WHERE j.state = 'ongoing' AND (
                    SELECT p.job_id FROM slice_progress AS p
                    WHERE p.job_id = s.job_id AND p.first_image = s.first) IS NULL
                """,
                (row, _) ->
                        new Missing(row.getLong(1), row.getInt(2), SliceLayout.endOf(row.getInt(2), row.getInt(3))));
    }

    private static UnnestRows jobs(List<Missing> slices) {
        UnnestRows rows = new UnnestRows("int8");
        slices.stream().map(Missing::job).distinct().forEach(rows::add);
        return rows;
    }

    private static UnnestRows rows(List<Missing> slices) {
        UnnestRows rows = new UnnestRows("int8", "int4", "int4");
        slices.forEach(slice -> rows.add(slice.job(), slice.first(), slice.end()));
        return rows;
    }

    /** Returns the bitmap of the images with a result, as in table {@code slice_progress}. */
    private static byte[] done(ResultSet row) throws SQLException {
        BitSet done = new BitSet();
        for (Integer image : (Integer[]) row.getArray(3).getArray()) {
            done.set(image - row.getInt(2));
        }
        return done.toByteArray();
    }
}
