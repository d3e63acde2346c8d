package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.TraceParent;
import io.imageprocessor.job.Visit;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.stores.Store;
import java.sql.Array;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Inserts a new job, in the caller's transaction. Rows are sent as arrays, so that a million images take a few hundred
 * statements. Not thread-safe.
 */
public final class JobInserts {

    /** Maximum number of rows in one statement. */
    private static final int ROWS = 10_000;

    /** Maximum number of visits or stores in one statement, because their texts may be long. */
    private static final int ROWS_WITH_TEXTS = 2_000;

    /** Maximum number of slices in one batch: about 8,000 URLs. */
    private static final int SLICES = 32;

    /** A batch with more characters than this is executed. A single slice may have 2.5 million. */
    private static final int BATCHED_CHARACTERS = 1 << 20;

    private static final String STORE_NOT_FOUND =
            ImageResult.Failed.STORE_NOT_FOUND.code().code();

    private final JdbcTemplate jdbc;
    private final Job job;

    /** Images of unknown stores, by index. */
    private final BitSet unknownStores = new BitSet();

    public JobInserts(JdbcTemplate jdbc, Job job) {
        this.jdbc = jdbc;
        this.job = job;
    }

    /**
     * Inserts the job, its visits and its slices.
     *
     * @param now current time; the end of a job that has nothing to download
     */
    public void insert(Instant now) {
        insertJob(now);
        insertVisits();
        insertSlices();
        job.metadata().key().ifPresent(key -> PostgresIdempotencyKeys.use(jdbc, key, job.id(), now));
        // Last, because it locks the retried job, which others may retry at the same time.
        job.metadata()
                .retryOf()
                .ifPresent(retried -> jdbc.update(
                        "UPDATE job SET retries = retries || ?, version = version + 1 WHERE id = ?",
                        job.id().value(),
                        retried.value()));
    }

    private void insertJob(Instant now) {
        JobMetadata metadata = job.metadata();
        int failed = job.imageCount() - job.downloadableImages();
        boolean finished = job.downloadableImages() == 0;
        jdbc.update(
                """
                INSERT INTO job (id, submitted_at, label, retry_of, key, fingerprint, traceparent, images, downloadable,
                                 failed, state, finished_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                job.id().value(),
                PostgresTime.of(metadata.submittedAt()),
                PostgresText.orNull(metadata.label().orElse(null)),
                metadata.retryOf().map(retried -> (Object) retried.value()).orElse(null),
                PostgresText.orNull(metadata.key().map(IdempotencyKey::value).orElse(null)),
                metadata.key().map(IdempotencyKey::fingerprint).orElse(null),
                metadata.traceParent().map(TraceParent::value).orElse(null),
                job.imageCount(),
                job.downloadableImages(),
                failed,
                finished ? "failed" : "ongoing",
                finished ? PostgresTime.of(now) : null);
    }

    private void insertVisits() {
        UnnestRows visits = new UnnestRows("int4", "int4", "text", "int8", "int4");
        Map<String, StoreRow> stores = new LinkedHashMap<>();
        for (Visit visit : job.visits()) {
            String storeId = PostgresText.of(visit.storeId());
            stores.computeIfAbsent(storeId, _ -> new StoreRow(visit)).images += visit.imageCount();
            Instant time = visit.time();
            visits.add(visit.firstImage(), visit.imageCount(), storeId, time.getEpochSecond(), time.getNano());
            if (visit.store().isEmpty()) {
                unknownStores.set(visit.firstImage(), visit.endImage());
            }
            flush(visits, INSERT_VISITS, ROWS_WITH_TEXTS);
        }
        flush(visits, INSERT_VISITS, 1);
        insertStores(stores);
        insertFailures();
    }

    private void insertStores(Map<String, StoreRow> stores) {
        UnnestRows rows = new UnnestRows("text", "bool", "text", "text", "int4", "int4");
        stores.forEach((id, store) -> {
            rows.add(id, store.known, store.name, store.area, store.firstImage, store.images);
            flush(rows, INSERT_STORES, ROWS_WITH_TEXTS);
        });
        flush(rows, INSERT_STORES, 1);
    }

    private void insertFailures() {
        UnnestRows images = new UnnestRows("int4");
        unknownStores.stream().forEach(image -> {
            images.add(image);
            flush(images, INSERT_FAILURES, ROWS);
        });
        flush(images, INSERT_FAILURES, 1);
    }

    private void insertSlices() {
        UnnestRows progress = new UnnestRows("int4", "bytea");
        for (int first = 0, end; first < job.imageCount(); first = end) {
            end = SliceLayout.endOf(first, job.imageCount());
            progress.add(first, unknownStores.get(first, end).toByteArray());
            flush(progress, INSERT_PROGRESS, ROWS);
        }
        flush(progress, INSERT_PROGRESS, 1);
        insertUrls();
    }

    private void insertUrls() {
        jdbc.execute(INSERT_SLICE, (PreparedStatementCallback<Integer>) statement -> {
            int batched = 0;
            long characters = 0;
            for (int first = 0, end; first < job.imageCount(); first = end) {
                end = SliceLayout.endOf(first, job.imageCount());
                String[] urls = new String[end - first];
                for (int i = 0; i < urls.length; i++) {
                    urls[i] = job.url(first + i);
                    characters += urls[i].length();
                }
                Array array = statement.getConnection().createArrayOf("text", urls);
                statement.setLong(1, job.id().value());
                statement.setInt(2, first);
                statement.setArray(3, array);
                statement.addBatch();
                if (++batched == SLICES || characters > BATCHED_CHARACTERS || end == job.imageCount()) {
                    statement.executeBatch();
                    batched = 0;
                    characters = 0;
                }
            }
            return job.imageCount();
        });
    }

    /** Writes the rows if there are at least this many. */
    private void flush(UnnestRows rows, String sql, int atLeast) {
        if (rows.size() >= atLeast) {
            rows.update(jdbc, sql, job.id().value());
            rows.clear();
        }
    }

    private static final String INSERT_VISITS = """
            INSERT INTO visit (job_id, first_image, images, store_id, visited_second, visited_nano)
            SELECT ?, * FROM unnest(?, ?, ?, ?, ?)
            """;

    private static final String INSERT_STORES =
            """
            INSERT INTO job_store (job_id, store_id, known, name, area_code, first_image, images, failed, first_failed,
                                   code, message)
            SELECT ?, id, known, name, area, first, images, CASE WHEN known THEN 0 ELSE images END,
                   CASE WHEN NOT known THEN first END, CASE WHEN NOT known THEN '%s' END,
                   CASE WHEN NOT known THEN '%s' END
            FROM unnest(?, ?, ?, ?, ?, ?) AS s (id, known, name, area, first, images)
            """.formatted(STORE_NOT_FOUND, ImageResult.Failed.STORE_NOT_FOUND.message());

    private static final String INSERT_FAILURES =
            """
            INSERT INTO image_result (job_id, image, attempts, download_ms, code, message)
            SELECT ?, image, 0, 0, '%s', '%s' FROM unnest(?) AS f (image)
            """.formatted(STORE_NOT_FOUND, ImageResult.Failed.STORE_NOT_FOUND.message());

    private static final String INSERT_PROGRESS = """
            INSERT INTO slice_progress (job_id, first_image, started, done)
            SELECT ?, first, ''::bytea, done FROM unnest(?, ?) AS p(first, done)
            """;

    private static final String INSERT_SLICE = "INSERT INTO slice (job_id, first_image, urls) VALUES (?, ?, ?)";

    @RequiredArgsConstructor
    private static final class StoreRow {

        private final boolean known;
        private final String name;
        private final String area;
        private final int firstImage;
        private int images;

        StoreRow(Visit first) {
            this(
                    first.store().isPresent(),
                    first.store().map(Store::name).orElse(""),
                    first.store().map(Store::area).orElse(""),
                    first.firstImage());
        }
    }
}
