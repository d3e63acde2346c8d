package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.queue.FairJobQueue;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Looks, with one query for all slices that this replica holds, whether they still are to be worked on: a job may have
 * been cancelled anywhere, and a replica that stood still or was cut off may have been taken for dead. Thread-safe.
 */
@Slf4j
public final class LeaseMonitor implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final Database database;
    private final SliceLeases held;
    private final FairJobQueue queue;
    private final Duration heartbeat;
    private final Duration patience;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("claim-watch").factory());

    private final RateLimitedLog faults = new RateLimitedLog(log);

    /**
     * When the database was asked, while it has not answered: the time in which this waits for a connection does not
     * count.
     */
    private volatile @Nullable Long asked;

    private volatile long trouble = System.nanoTime() - Duration.ofDays(1).toNanos();

    /**
     * @param heartbeat a database that takes longer to answer is as good as away: heartbeats are missed
     * @param patience for so long after the database was away, other replicas may not have been able to say that they
     *     live
     */
    public LeaseMonitor(
            Database database, SliceLeases held, FairJobQueue queue, Duration heartbeat, Duration patience) {
        this.database = database;
        this.held = held;
        this.queue = queue;
        this.heartbeat = heartbeat;
        this.patience = patience;
        var _ = executor.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Whether nobody is to be taken for dead by an old heartbeat: this replica itself, or any if the database was just
     * away.
     */
    boolean mayBeAlive(SliceKey key, long claim) {
        return held.holds(key, claim) || isInTrouble() || since(trouble).compareTo(patience) < 0;
    }

    private boolean isInTrouble() {
        Long unanswered = asked;
        return database.isAway() || (unanswered != null && since(unanswered).compareTo(heartbeat) > 0);
    }

    private void look() {
        try {
            ended().forEach(this::end);
            noteTrouble(isInTrouble());
        } catch (StorageUnavailableException e) {
            noteTrouble(asked != null || database.isAway());
            log.debug("slices cannot be looked at", e);
        } catch (RuntimeException | Error e) {
            // The executor would not run a task again that has thrown.
            faults.error(e, "checking slice leases failed; trying again");
        } finally {
            asked = null;
        }
    }

    private void noteTrouble(boolean there) {
        if (there) {
            trouble = System.nanoTime();
        }
    }

    /** @param jobIsOver rather than the claim lost */
    private record Ended(SliceLease slice, boolean jobIsOver) {}

    private List<Ended> ended() {
        List<SliceLease> slices = List.copyOf(held.all());
        UnnestRows rows = new UnnestRows("int4", "int8", "text", "int8");
        for (int i = 0; i < slices.size(); i++) {
            SliceLease slice = slices.get(i);
            rows.add(i, slice.key().jobId().value(), slice.key().instance(), slice.claim());
        }
        return database.with(jdbc -> Objects.requireNonNull(jdbc.execute((Connection connection) -> {
            asked = System.nanoTime();
            return rows.query(
                    new JdbcTemplate(new SingleConnectionDataSource(connection, true)),
                    """
                SELECT k.i, j.id IS NULL
                FROM unnest(?, ?, ?, ?) AS k (i, job_id, instance, claim)
                LEFT JOIN job AS j ON j.id = k.job_id AND j.state = 'ongoing'
                LEFT JOIN scheduled_tasks AS t
                    ON t.task_name = 'slice' AND t.task_instance = k.instance AND t.version = k.claim
                WHERE j.id IS NULL OR t.version IS NULL
                """,
                    (row, _) -> new Ended(slices.get(row.getInt(1)), row.getBoolean(2)));
        })));
    }

    private void end(Ended ended) {
        SliceLease slice = ended.slice();
        JobId job = slice.key().jobId();
        if (ended.jobIsOver()) {
            slice.end(SliceLease.End.DONE);
            queue.cancel(job);
        } else if (slice.end(SliceLease.End.LOST)) {
            JobLog.about(
                    job,
                    () -> log.info(
                            "slice {} of job {} was taken over", slice.key().first(), job));
        }
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
