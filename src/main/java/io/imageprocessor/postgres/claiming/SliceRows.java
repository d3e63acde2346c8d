package io.imageprocessor.postgres.claiming;

import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.JobRowMapper;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceProgress;
import io.imageprocessor.queue.JobTrace;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** Reads what there is to do of a slice. */
@RequiredArgsConstructor
public final class SliceRows {

    private static final String PROGRESS = """
            FROM slice_progress AS p JOIN job AS j ON j.id = p.job_id
            WHERE p.job_id = ? AND p.first_image = ? AND j.state = 'ongoing'
            """;

    private static final RowMapper<SliceProgress> PROGRESS_ROW =
            (row, _) -> new SliceProgress(row.getBytes(1), row.getBytes(2));

    /** Slices that are read at once: however many are claimed, the other connections of the pool are for clients. */
    private static final int MOST_AT_ONCE = 6;

    private final Database database;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /**
     * A slice that is to be worked on.
     *
     * @param urls of all its images
     * @param wanted distances of those without a result
     * @param trace that the job belongs to; null if it is none
     */
    record OpenSlice(
            List<String> urls, BitSet wanted, @Nullable JobTrace trace) {}

    private record Row(
            List<String> urls,
            SliceProgress progress,
            @Nullable JobTrace trace) {}

    /** The slice, none of whose images is running any more; empty if there is nothing to do. */
    Optional<OpenSlice> open(SliceKey key) {
        places.acquireUninterruptibly();
        try {
            return openNow(key);
        } finally {
            places.release();
        }
    }

    private Optional<OpenSlice> openNow(SliceKey key) {
        return database.with(jdbc -> read(jdbc, key)).flatMap(row -> {
            if (row.progress().running() > 0) {
                reopen(key);
            }
            BitSet wanted = new BitSet();
            for (int distance = 0; distance < row.urls().size(); distance++) {
                wanted.set(distance, !row.progress().isDone(distance));
            }
            return wanted.isEmpty() ? Optional.empty() : Optional.of(new OpenSlice(row.urls(), wanted, row.trace()));
        });
    }

    private static Optional<Row> read(JdbcTemplate jdbc, SliceKey key) {
        return jdbc
                .query(
                        "SELECT p.started, p.done, (SELECT urls FROM slice AS s"
                                + " WHERE s.job_id = p.job_id AND s.first_image = p.first_image),"
                                + " j.traceparent, j.images "
                                + PROGRESS,
                        (row, _) -> new Row(
                                Arrays.asList((String[]) row.getArray(3).getArray()),
                                new SliceProgress(row.getBytes(1), row.getBytes(2)),
                                JobTrace.of(JobRowMapper.traceParent(row), row.getInt("images"))),
                        arguments(key))
                .stream()
                .findFirst();
    }

    /** What was running when its replica died, or handed it back, is pending again. */
    private void reopen(SliceKey key) {
        database.inTransaction(jdbc -> {
            // Whoever changes anything of a job holds its row, so that nothing comes between.
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
