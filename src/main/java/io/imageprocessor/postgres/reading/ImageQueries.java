package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.Visit;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.UnnestRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads the images of a job, page by page. The cost depends on the page size, not on its position or the job's size.
 * Thread-safe.
 */
@RequiredArgsConstructor
final class ImageQueries {

    private final Database database;
    private final RetentionCutoff cutoff;

    /** See {@link io.imageprocessor.job.JobQueries#images}. */
    Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return database.inSnapshot(jdbc -> jdbc
                .query(
                        "SELECT state, images FROM job WHERE id = ? AND " + JobRowMapper.KNOWN,
                        (row, _) -> new JobSnapshot(jdbc, id, JobRowMapper.state(row), row.getInt("images")),
                        id.value(),
                        cutoff.time())
                .stream()
                .findFirst()
                .map(job -> job.images(filter, from, limit)));
    }

    /** A job as one transaction sees it. */
    private record JobSnapshot(JdbcTemplate jdbc, JobId job, JobState state, int imageCount) {

        List<JobImage> images(ImageFilter filter, int from, int limit) {
            List<Integer> found = new ImageSearch(jdbc, job, state, imageCount).find(filter, from, limit);
            if (found.isEmpty()) {
                return List.of();
            }
            UnnestRows images = new UnnestRows("int4", "int4");
            found.forEach(image -> images.add(SliceLayout.firstOf(image), image));
            Map<Integer, String> urls = urls(images);
            Map<Integer, SliceProgress> slices = state == JobState.ONGOING ? slices(images) : Map.of();
            VisitRowMapper visits = new VisitRowMapper();
            // One lookup per image: a join could read the visits or results of all other images.
            return images.query(
                    jdbc,
                    """
                    SELECT asked.image, v.*, s.known, s.name, s.area_code, r.*
                    FROM (SELECT * FROM (SELECT ?::bigint AS job_id) AS job, unnest(?, ?) AS k (slice, image)) AS asked
                    CROSS JOIN LATERAL (
                        SELECT first_image, images, store_id, visited_second, visited_nano FROM visit
                        WHERE job_id = asked.job_id AND first_image <= asked.image
                        ORDER BY first_image DESC LIMIT 1) AS v
                    CROSS JOIN LATERAL (
                        SELECT known, name, area_code FROM job_store
                        WHERE job_id = asked.job_id AND store_id = v.store_id LIMIT 1) AS s
                    LEFT JOIN LATERAL (
                        SELECT attempts, download_ms, width, height, gpu_ms, bytes, format, code, message
                        FROM image_result WHERE job_id = asked.job_id AND image = asked.image LIMIT 1) AS r ON true
                    ORDER BY asked.image
                    """,
                    (row, _) -> {
                        int image = row.getInt("image");
                        String url = Objects.requireNonNull(urls.get(image));
                        return image(image, visits.visit(row), url, ResultRowMapper.result(row), slices);
                    },
                    job.value());
        }

        private JobImage image(
                int index,
                Visit visit,
                String url,
                Optional<ImageResult> recorded,
                Map<Integer, SliceProgress> slices) {
            Optional<ImageResult> result = state == JobState.CANCELLED
                    ? recorded.or(() -> Optional.of(ImageResult.Cancelled.INSTANCE))
                    : recorded;
            ImageState imageState = result.map(ImageResult::state).orElseGet(() -> {
                int first = SliceLayout.firstOf(index);
                return Objects.requireNonNull(slices.get(first)).isRunning(index - first)
                        ? ImageState.RUNNING
                        : ImageState.PENDING;
            });
            return new JobImage(index, visit, url, imageState, result);
        }

        private Map<Integer, String> urls(UnnestRows images) {
            Map<Integer, String> urls = new HashMap<>();
            // One lookup per slice: PostgreSQL reads a whole array for any of its elements.
            var _ = images.query(jdbc, """
                    WITH asked AS (SELECT * FROM (SELECT ?::bigint AS job_id) AS job, unnest(?, ?) AS k (slice, image))
                    SELECT asked.image, u.url
                    FROM (SELECT DISTINCT job_id, slice FROM asked) AS d
                    CROSS JOIN LATERAL (
                        SELECT urls FROM slice WHERE job_id = d.job_id AND first_image = d.slice LIMIT 1) AS s
                    CROSS JOIN unnest(s.urls) WITH ORDINALITY AS u (url, position)
                    JOIN asked ON asked.image = d.slice + u.position::integer - 1
                    """, (row, _) -> urls.put(row.getInt(1), row.getString(2)), job.value());
            return urls;
        }

        private Map<Integer, SliceProgress> slices(UnnestRows images) {
            Map<Integer, SliceProgress> slices = new HashMap<>();
            var _ = images.query(
                    jdbc,
                    """
                    SELECT d.slice, p.started, p.done
                    FROM (SELECT DISTINCT job_id, slice
                          FROM (SELECT ?::bigint AS job_id) AS job, unnest(?, ?) AS k (slice, image)) AS d
                    CROSS JOIN LATERAL (
                        SELECT started, done FROM slice_progress
                        WHERE job_id = d.job_id AND first_image = d.slice LIMIT 1) AS p
                    """,
                    (row, _) -> slices.put(row.getInt(1), new SliceProgress(row.getBytes(2), row.getBytes(3))),
                    job.value());
            return slices;
        }
    }
}
