package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.TraceParent;
import io.imageprocessor.job.Visit;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.stores.Store;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Inserts new jobs, in the caller's transaction: a large one, or many small ones. Rows are sent as arrays, so that a
 * million images, or a hundred jobs, take few statements. Not thread-safe.
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
    private final List<Job> jobs;

    private final UnnestRows jobRows = new UnnestRows(
            "int8",
            "timestamptz",
            "text",
            "int8",
            "text",
            "text",
            "text",
            "int4",
            "int4",
            "int4",
            "text",
            "timestamptz");
    private final UnnestRows visits = new UnnestRows("int8", "int4", "int4", "text", "int8", "int4");
    private final UnnestRows stores = new UnnestRows("int8", "text", "bool", "text", "text", "int4", "int4");
    private final UnnestRows failures = new UnnestRows("int8", "int4");
    private final UnnestRows progress = new UnnestRows("int8", "int4", "bytea");

    /** @param jobs a large one, or small ones: the rows of all small ones are sent together */
    public JobInserts(JdbcTemplate jdbc, List<Job> jobs) {
        this.jdbc = jdbc;
        this.jobs = jobs;
    }

    /**
     * Inserts the jobs, their visits and their slices.
     *
     * @param now current time; the end of a job that has nothing to download
     */
    public void insert(Instant now) {
        for (Job job : jobs) {
            addJob(job, now);
            BitSet unknownStores = addVisits(job);
            unknownStores.stream().forEach(image -> add(failures, INSERT_FAILURES, ROWS, job, image));
            addProgress(job, unknownStores);
        }
        flush(jobRows, INSERT_JOBS);
        flush(visits, INSERT_VISITS);
        flush(stores, INSERT_STORES);
        flush(failures, INSERT_FAILURES);
        flush(progress, INSERT_PROGRESS);
        insertUrls();
        jobs.forEach(
                job -> job.metadata().key().ifPresent(key -> PostgresIdempotencyKeys.use(jdbc, key, job.id(), now)));
        // Last, because it locks the retried job, which others may retry at the same time.
        jobs.forEach(job -> job.metadata()
                .retryOf()
                .ifPresent(retried -> jdbc.update(
                        "UPDATE job SET retries = retries || ?, version = version + 1 WHERE id = ?",
                        job.id().value(),
                        retried.value())));
    }

    private void addJob(Job job, Instant now) {
        JobMetadata metadata = job.metadata();
        boolean finished = job.downloadableImages() == 0;
        jobRows.add(
                job.id().value(),
                PostgresTime.of(metadata.submittedAt()),
                PostgresText.orNull(metadata.label().orElse(null)),
                metadata.retryOf().map(JobId::value).orElse(null),
                PostgresText.orNull(metadata.key().map(IdempotencyKey::value).orElse(null)),
                metadata.key().map(IdempotencyKey::fingerprint).orElse(null),
                metadata.traceParent().map(TraceParent::value).orElse(null),
                job.imageCount(),
                job.downloadableImages(),
                job.imageCount() - job.downloadableImages(),
                finished ? "failed" : "ongoing",
                finished ? PostgresTime.of(now) : null);
    }

    /** Returns the images of unknown stores, by index. */
    private BitSet addVisits(Job job) {
        BitSet unknownStores = new BitSet();
        Map<String, StoreRow> storesOfJob = new LinkedHashMap<>();
        for (Visit visit : job.visits()) {
            String storeId = PostgresText.of(visit.storeId());
            storesOfJob.computeIfAbsent(storeId, _ -> new StoreRow(visit)).images += visit.imageCount();
            Instant time = visit.time();
            add(
                    visits,
                    INSERT_VISITS,
                    ROWS_WITH_TEXTS,
                    job,
                    visit.firstImage(),
                    visit.imageCount(),
                    storeId,
                    time.getEpochSecond(),
                    time.getNano());
            if (visit.store().isEmpty()) {
                unknownStores.set(visit.firstImage(), visit.endImage());
            }
        }
        storesOfJob.forEach((id, store) -> add(
                stores,
                INSERT_STORES,
                ROWS_WITH_TEXTS,
                job,
                id,
                store.known,
                store.name,
                store.area,
                store.firstImage,
                store.images));
        return unknownStores;
    }

    private void addProgress(Job job, BitSet unknownStores) {
        for (int first = 0, end; first < job.imageCount(); first = end) {
            end = SliceLayout.endOf(first, job.imageCount());
            byte[] done = unknownStores.get(first, end).toByteArray();
            add(progress, INSERT_PROGRESS, ROWS, job, first, done);
        }
    }

    private void insertUrls() {
        jdbc.execute(INSERT_SLICE, (PreparedStatementCallback<Integer>) statement -> {
            int batched = 0;
            long characters = 0;
            for (Job job : jobs) {
                for (int first = 0, end; first < job.imageCount(); first = end) {
                    end = SliceLayout.endOf(first, job.imageCount());
                    String[] urls = new String[end - first];
                    for (int i = 0; i < urls.length; i++) {
                        urls[i] = job.url(first + i);
                        characters += urls[i].length();
                    }
                    statement.setLong(1, job.id().value());
                    statement.setInt(2, first);
                    statement.setArray(3, statement.getConnection().createArrayOf("text", urls));
                    statement.addBatch();
                    if (++batched == SLICES || characters > BATCHED_CHARACTERS) {
                        statement.executeBatch();
                        batched = 0;
                        characters = 0;
                    }
                }
            }
            if (batched > 0) {
                statement.executeBatch();
            }
            return jobs.size();
        });
    }

    /** Adds a row that begins with the id of the job, and writes the rows if there are at least so many. */
    private void add(UnnestRows rows, String sql, int most, Job job, Object... row) {
        @Nullable Object[] values = new Object[row.length + 1];
        values[0] = job.id().value();
        System.arraycopy(row, 0, values, 1, row.length);
        rows.add(values);
        if (rows.size() >= most) {
            flush(rows, sql);
        }
    }

    private void flush(UnnestRows rows, String sql) {
        if (!rows.isEmpty()) {
            rows.update(jdbc, sql);
            rows.clear();
        }
    }

    private static final String INSERT_JOBS = """
            INSERT INTO job (id, submitted_at, label, retry_of, key, fingerprint, traceparent, images, downloadable,
                             failed, state, finished_at)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_VISITS = """
            INSERT INTO visit (job_id, first_image, images, store_id, visited_second, visited_nano)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_STORES =
            """
            INSERT INTO job_store (job_id, store_id, known, name, area_code, first_image, images, failed, first_failed,
                                   code, message)
            SELECT job, id, known, name, area, first, images, CASE WHEN known THEN 0 ELSE images END,
                   CASE WHEN NOT known THEN first END, CASE WHEN NOT known THEN '%s' END,
                   CASE WHEN NOT known THEN '%s' END
            FROM unnest(?, ?, ?, ?, ?, ?, ?) AS s (job, id, known, name, area, first, images)
            """.formatted(STORE_NOT_FOUND, ImageResult.Failed.STORE_NOT_FOUND.message());

    private static final String INSERT_FAILURES =
            """
            INSERT INTO image_result (job_id, image, attempts, download_ms, code, message)
            SELECT job, image, 0, 0, '%s', '%s' FROM unnest(?, ?) AS f (job, image)
            """.formatted(STORE_NOT_FOUND, ImageResult.Failed.STORE_NOT_FOUND.message());

    private static final String INSERT_PROGRESS = """
            INSERT INTO slice_progress (job_id, first_image, started, done)
            SELECT job, first, ''::bytea, done FROM unnest(?, ?, ?) AS p (job, first, done)
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
