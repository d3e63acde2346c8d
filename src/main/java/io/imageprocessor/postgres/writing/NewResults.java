package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.UnnestRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/** Collects results for table {@code image_result}, at most one per image, and inserts them. Not thread-safe. */
final class NewResults {

    private record Image(long jobId, int image) {}

    private final Map<Image, ImageChange> changes = new HashMap<>();
    private final UnnestRows rows =
            new UnnestRows("int8", "int4", "int4", "int4", "int4", "int4", "int4", "int8", "text", "text", "text");

    void add(ImageChange change, ImageResult result) {
        long jobId = change.jobId().value();
        int image = change.image();
        int attempts = result.attempts();
        int millis = result.downloadMillis();
        switch (result) {
            case ImageResult.Succeeded succeeded ->
                rows.add(
                        jobId,
                        image,
                        attempts,
                        millis,
                        succeeded.width(),
                        succeeded.height(),
                        succeeded.gpuMillis(),
                        succeeded.bytes(),
                        succeeded.format(),
                        null,
                        null);
            case ImageResult.Failed failed ->
                rows.add(
                        jobId,
                        image,
                        attempts,
                        millis,
                        null,
                        null,
                        null,
                        null,
                        null,
                        failed.code().code(),
                        PostgresText.of(failed.message()));
            case ImageResult.Cancelled _ ->
                throw new IllegalArgumentException("a cancelled image has no recorded result");
        }
        changes.put(new Image(jobId, image), change);
    }

    /** Inserts the results of images without one, and returns the changes that were inserted. */
    List<ImageChange> insert(JdbcTemplate jdbc) {
        if (rows.isEmpty()) {
            return List.of();
        }
        return rows.query(
                jdbc, """
                INSERT INTO image_result (job_id, image, attempts, download_ms, width, height, gpu_ms, bytes, format,
                                          code, message)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                RETURNING job_id, image
                """, (row, _) -> Objects.requireNonNull(changes.get(new Image(row.getLong(1), row.getInt(2)))));
    }
}
