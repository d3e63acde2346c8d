package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.UnnestRows;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import lombok.RequiredArgsConstructor;

/** Sums the measured perimeters of stores by day. Thread-safe. */
@RequiredArgsConstructor
final class VisitTotalQueries {

    private static final long DAY = Duration.ofDays(1).toSeconds();

    private final Database database;
    private final RetentionCutoff cutoff;

    /** See {@link io.imageprocessor.job.JobQueries#visitTotals}. */
    List<VisitTotal> of(Set<String> storeIds, LocalDate first, LocalDate last) {
        UnnestRows stores = new UnnestRows("text");
        storeIds.forEach(id -> stores.add(PostgresText.of(id)));
        // One lookup per visit, of a few neighbouring rows: a join could read the results of other stores.
        return database.execute(jdbc -> stores.query(
                jdbc,
                """
                SELECT visit.store_id, floor(visit.visited_second / 86400.0)::bigint AS day,
                    sum(measured.perimeter)::bigint
                FROM (SELECT ?::timestamptz AS cutoff, ?::bigint AS after, ?::bigint AS before) AS bounds
                CROSS JOIN unnest(?) AS store (id)
                JOIN job_store ON job_store.store_id = store.id AND job_store.known
                JOIN job ON job.id = job_store.job_id
                    AND (job.finished_at IS NULL OR job.finished_at > bounds.cutoff)
                JOIN visit ON visit.job_id = job.id AND visit.store_id = store.id
                    AND visit.visited_second >= bounds.after AND visit.visited_second < bounds.before
                CROSS JOIN LATERAL (
                    SELECT sum(2 * (width::bigint + height)) AS perimeter FROM image_result
                    WHERE job_id = visit.job_id AND code IS NULL
                        AND image >= visit.first_image AND image < visit.first_image + visit.images) AS measured
                WHERE measured.perimeter IS NOT NULL
                GROUP BY 1, 2
                """,
                (row, _) -> new VisitTotal(row.getString(1), LocalDate.ofEpochDay(row.getLong(2)), row.getLong(3)),
                cutoff.time(),
                first.toEpochDay() * DAY,
                (last.toEpochDay() + 1) * DAY));
    }
}
