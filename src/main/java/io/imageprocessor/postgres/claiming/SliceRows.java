package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.JobRowMapper;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.reading.SliceProgress;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.ImageChange;
import io.imageprocessor.queue.JobTrace;
import io.micrometer.core.instrument.Counter;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads the images of a slice that have no result. Images whose URL is lost, because its row was deleted, fail then.
 * Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public final class SliceRows {

    private static final String PROGRESS = """
            FROM slice_progress AS p JOIN job AS j ON j.id = p.job_id
            WHERE p.job_id = ? AND p.first_image = ? AND j.state = 'ongoing'
            """;

    private static final RowMapper<SliceProgress> PROGRESS_ROW =
            (row, _) -> new SliceProgress(row.getBytes(1), row.getBytes(2));

    /** Maximum number of concurrent reads; the other connections of the pool are for clients. */
    private static final int MAX_CONCURRENT_READS = 6;

    private static final ImageResult URL_LOST =
            new ImageResult.Failed(FailureCode.INTERNAL_ERROR, "the service has lost the URL of the image", 0, 0);

    private final Database database;
    private final GroupCommit commits;

    /** Counts the images whose URL is lost, because no worker does. */
    private final Counter urlsLost;

    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT_READS);

    /**
     * A slice with work to do.
     *
     * @param urls the URLs of all its images; without meaning for images with a result
     * @param unfinished offsets of the images without a result
     * @param trace the trace of the job; null if it has none
     */
    record OpenSlice(
            List<String> urls, BitSet unfinished, @Nullable JobTrace trace) {}

    /**
     * The rows of a slice.
     *
     * @param urls null for each lost URL
     */
    private record Row(
            List<@Nullable String> urls,
            SliceProgress progress,
            @Nullable JobTrace trace) {}

    /** Reads a slice, and moves its running images back to pending. Returns empty if there is no work to do. */
    Optional<OpenSlice> open(SliceKey key) {
        permits.acquireUninterruptibly();
        try {
            return openNow(key);
        } finally {
            permits.release();
        }
    }

    private Optional<OpenSlice> openNow(SliceKey key) {
        return database.execute(jdbc -> read(jdbc, key)).flatMap(row -> {
            if (row.progress().running() > 0) {
                reopen(key);
            }
            BitSet unfinished = new BitSet();
            BitSet lost = new BitSet();
            List<String> urls = new ArrayList<>();
            for (int offset = 0; offset < row.urls().size(); offset++) {
                String url = row.urls().get(offset);
                urls.add(Objects.requireNonNullElse(url, ""));
                (url == null ? lost : unfinished).set(offset, !row.progress().isDone(offset));
            }
            if (!lost.isEmpty()) {
                fail(key, lost);
            }
            return unfinished.isEmpty() ? Optional.empty() : Optional.of(new OpenSlice(urls, unfinished, row.trace()));
        });
    }

    private void fail(SliceKey key, BitSet lost) {
        JobLog.about(
                key.jobId(),
                () -> faults.warn("URLs lost of {} images of slice {}", lost.cardinality(), key.instance()));
        List<CompletableFuture<@Nullable ImageChange>> outcomes = lost.stream()
                .mapToObj(offset -> commits.record(key.jobId(), key.first() + offset, URL_LOST))
                .toList();
        for (CompletableFuture<@Nullable ImageChange> outcome : outcomes) {
            if (ImageSteps.join(outcome) != null) {
                urlsLost.increment();
            }
        }
    }

    private static Optional<Row> read(JdbcTemplate jdbc, SliceKey key) {
        return jdbc
                .query(
                        "SELECT p.started, p.done, (SELECT urls FROM slice AS s"
                                + " WHERE s.job_id = p.job_id AND s.first_image = p.first_image),"
                                + " j.traceparent, j.images "
                                + PROGRESS,
                        (row, _) -> new Row(
                                urls(
                                        row.getArray(3),
                                        SliceLayout.endOf(key.first(), row.getInt("images")) - key.first()),
                                new SliceProgress(row.getBytes(1), row.getBytes(2)),
                                JobTrace.of(JobRowMapper.traceParent(row), row.getInt("images"))),
                        arguments(key))
                .stream()
                .findFirst();
    }

    /** Returns as many URLs as the slice has images. */
    private static List<@Nullable String> urls(@Nullable Array stored, int images) throws SQLException {
        @Nullable String[] urls = stored == null ? new @Nullable String[0] : (@Nullable String[]) stored.getArray();
        return Arrays.asList(Arrays.copyOf(urls, images));
    }

    /** Moves the images back to pending that were running when another replica died or released the slice. */
    private void reopen(SliceKey key) {
        database.inTransaction(jdbc -> {
            // All writers lock the row of the job first, so this excludes them.
            jdbc.query(
                    "SELECT FROM job WHERE id = ? FOR NO KEY UPDATE",
                    _ -> {},
                    key.jobId().value());
            return jdbc.query("SELECT p.started, p.done " + PROGRESS, PROGRESS_ROW, arguments(key)).stream()
                    .mapToInt(progress -> reopen(jdbc, key, progress))
                    .sum();
        });
    }

    private static int reopen(JdbcTemplate jdbc, SliceKey key, SliceProgress progress) {
        int running = progress.running();
        progress.reopen();
        jdbc.update(
                "UPDATE slice_progress SET started = ? WHERE job_id = ? AND first_image = ?",
                progress.started(),
                key.jobId().value(),
                key.first());
        jdbc.update(
                "UPDATE job SET running = running - ?, version = version + 1 WHERE id = ?",
                running,
                key.jobId().value());
        return running;
    }

    private static Object[] arguments(SliceKey key) {
        return new Object[] {key.jobId().value(), key.first()};
    }
}
