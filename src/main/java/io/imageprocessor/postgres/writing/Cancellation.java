package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.JobRowMapper;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import java.time.Clock;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Cancels jobs. A cancellation changes one row, whatever the size of the job: an image of a cancelled job is cancelled
 * if it has no result. The cancelled images of each store are counted later, before the first report. Thread-safe.
 */
@RequiredArgsConstructor
public final class Cancellation {

    /** Maximum number of rows in one statement. */
    private static final int ROWS = 10_000;

    /**
     * All who wait for a job read it when it is cancelled, and only one of them counts. The others wait here, and not
     * in the database with a connection each.
     */
    private final List<Lock> counting =
            Stream.generate(() -> (Lock) new ReentrantLock()).limit(16).toList();

    private final Database database;
    private final RetentionCutoff cutoff;
    private final Clock clock;

    /** See {@link io.imageprocessor.job.JobStore#cancel}. */
    public boolean cancel(JobId id) {
        Optional<JobStatus> cancelled =
                database.inTransaction(jdbc -> isOngoing(jdbc, id) ? end(jdbc, id) : Optional.empty());
        cancelled.ifPresent(JobLog::ended);
        return cancelled.isPresent();
    }

    /** Locks the job. Returns false if it is unknown or already cancelled. */
    private boolean isOngoing(JdbcTemplate jdbc, JobId id) {
        List<JobState> states = jdbc.query(
                "SELECT state FROM job WHERE id = ? AND " + JobRowMapper.KNOWN + " FOR NO KEY UPDATE",
                (row, _) -> JobRowMapper.state(row),
                id.value(),
                cutoff.time());
        if (states.isEmpty() || states.getFirst() == JobState.CANCELLED) {
            return false;
        }
        if (states.getFirst().isFinal()) {
            throw new JobConflictException("job %s is %s and cannot be cancelled"
                    .formatted(id, states.getFirst().code()));
        }
        return true;
    }

    private Optional<JobStatus> end(JdbcTemplate jdbc, JobId id) {
        return jdbc
                .query("""
                        UPDATE job
                        SET state = 'cancelled', finished_at = ?, running = 0, cancelled = images - succeeded - failed,
                            settled = false, version = version + 1
                        WHERE id = ? RETURNING job.*
                        """, (row, _) -> JobRowMapper.status(row), PostgresTime.of(clock.instant()), id.value())
                .stream()
                .findFirst();
    }

    /** Counts the cancelled images of each store of a cancelled job, unless they are counted already. */
    public void countByStore(JobId id) {
        Lock lock = counting.get(Math.floorMod(id.hashCode(), counting.size()));
        lock.lock();
        try {
            countOnce(id);
        } finally {
            lock.unlock();
        }
    }

    private void countOnce(JobId id) {
        database.<@Nullable Void>inTransaction(jdbc -> {
            // The lock keeps concurrent reports from counting twice. A job that is being deleted (-infinity) is
            // skipped: retention locks the rows of its stores before the row of the job, so both would deadlock.
            List<Integer> uncounted = jdbc.queryForList(
                    "SELECT images FROM job WHERE id = ? AND NOT settled AND finished_at > '-infinity'"
                            + " FOR NO KEY UPDATE",
                    Integer.class,
                    id.value());
            for (int images : uncounted) {
                writeCancelled(jdbc, id, cancelledByStore(jdbc, id, unfinished(jdbc, id, images)));
                jdbc.update("UPDATE job SET settled = true WHERE id = ?", id.value());
            }
            return null;
        });
    }

    private static BitSet unfinished(JdbcTemplate jdbc, JobId id, int images) {
        BitSet unfinished = new BitSet(images);
        unfinished.set(0, images);
        jdbc.query(
                "SELECT first_image, done FROM slice_progress WHERE job_id = ?",
                row -> {
                    int first = row.getInt("first_image");
                    BitSet.valueOf(row.getBytes("done")).stream().forEach(offset -> unfinished.clear(first + offset));
                },
                id.value());
        return unfinished;
    }

    private static Map<String, Integer> cancelledByStore(JdbcTemplate jdbc, JobId id, BitSet unfinished) {
        Map<String, Integer> cancelled = new HashMap<>();
        jdbc.query(
                statements -> {
                    var statement = statements.prepareStatement(
                            "SELECT store_id, first_image, images FROM visit WHERE job_id = ?");
                    // A job may have a million visits.
                    statement.setFetchSize(ROWS);
                    statement.setLong(1, id.value());
                    return statement;
                },
                row -> {
                    int first = row.getInt("first_image");
                    int count =
                            unfinished.get(first, first + row.getInt("images")).cardinality();
                    if (count > 0) {
                        cancelled.merge(row.getString("store_id"), count, Integer::sum);
                    }
                });
        return cancelled;
    }

    private static void writeCancelled(JdbcTemplate jdbc, JobId id, Map<String, Integer> cancelled) {
        UnnestRows rows = new UnnestRows("text", "int4");
        cancelled.forEach((store, count) -> {
            rows.add(store, count);
            if (rows.size() == ROWS) {
                writeCancelled(jdbc, id, rows);
                rows.clear();
            }
        });
        writeCancelled(jdbc, id, rows);
    }

    private static void writeCancelled(JdbcTemplate jdbc, JobId id, UnnestRows rows) {
        rows.update(jdbc, """
                UPDATE job_store AS s
                SET cancelled = k.cancelled, code = coalesce(s.code, t.code), message = coalesce(s.message, t.message)
                FROM (SELECT ?::bigint AS job_id, ? AS code, ? AS message) AS t, unnest(?, ?) AS k (store_id, cancelled)
                WHERE s.job_id = t.job_id AND s.store_id = k.store_id
                """, id.value(), FailureCode.CANCELLED.code(), ImageResult.Cancelled.MESSAGE);
    }
}
