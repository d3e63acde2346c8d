package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.queue.FairJobQueue;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Checks all leases of this replica with one query, five times per second. A lease ends when its job is finished or was
 * cancelled, or when another replica has claimed the slice after this one stalled or was disconnected. Thread-safe.
 */
@Slf4j
public final class LeaseMonitor implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final Database database;
    private final SliceLeases leases;
    private final FairJobQueue queue;
    private final Duration heartbeat;
    private final Duration gracePeriod;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("lease-monitor").factory());

    private final RateLimitedLog faults = new RateLimitedLog(log);

    /** The leases that had no claim at the last check, used by one thread. */
    private Set<SliceLease> claimless = Set.of();

    /**
     * Start of the current query, by {@link System#nanoTime}; null between queries and while waiting for a connection.
     */
    private volatile @Nullable Long queryStart;

    /** When the database was last found unresponsive or full; long ago if it never was. */
    private volatile long lastUnresponsive =
            System.nanoTime() - Duration.ofDays(1).toNanos();

    /**
     * @param heartbeat the heartbeat interval; a query that takes longer counts as an outage, because heartbeats are
     *     missed
     * @param gracePeriod how long after an outage the last heartbeats of other replicas may be too old
     */
    public LeaseMonitor(
            Database database, SliceLeases leases, FairJobQueue queue, Duration heartbeat, Duration gracePeriod) {
        this.database = database;
        this.leases = leases;
        this.queue = queue;
        this.heartbeat = heartbeat;
        this.gracePeriod = gracePeriod;
        var _ = executor.scheduleWithFixedDelay(this::check, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Returns whether the owner of a claim may be alive in spite of its old heartbeat: the owner is this replica, or no
     * replica could write heartbeats during an outage or with a full disk that have just ended.
     */
    boolean mayBeAlive(SliceKey key, long claimVersion) {
        return leases.contains(key, claimVersion)
                || isUnresponsive()
                || since(lastUnresponsive).compareTo(gracePeriod) < 0;
    }

    /**
     * Notes that the end of a claim could not be written. Without a claim of its own, this may be the first statement
     * by which this replica notices that the disk is full.
     *
     * @return whether the database is the cause
     */
    boolean noteFailure(Throwable failure) {
        return database.noteFailure(failure);
    }

    private boolean isUnresponsive() {
        Long start = queryStart;
        return !database.isReady() || (start != null && since(start).compareTo(heartbeat) > 0);
    }

    private void check() {
        try {
            endLeases(ended());
            noteOutage(isUnresponsive());
        } catch (StorageUnavailableException e) {
            noteOutage(queryStart != null || !database.isReady());
            if (DatabaseFailure.isReportedByMonitor(e)) {
                log.debug("slice leases cannot be checked", e);
            } else {
                faults.warn(e, "checking slice leases failed; trying again");
            }
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // The executor stops a task that throws.
            faults.error(e, "checking slice leases failed; trying again");
        } finally {
            queryStart = null;
        }
    }

    private void noteOutage(boolean unresponsive) {
        if (unresponsive) {
            lastUnresponsive = System.nanoTime();
        }
    }

    /** @param jobFinished false if the claim was lost */
    private record Ended(SliceLease lease, boolean jobFinished) {}

    private List<Ended> ended() {
        List<SliceLease> checked = List.copyOf(leases.all());
        UnnestRows rows = new UnnestRows("int4", "int8", "text", "int8");
        for (int i = 0; i < checked.size(); i++) {
            SliceLease lease = checked.get(i);
            rows.add(i, lease.key().jobId().value(), lease.key().instance(), lease.claimVersion());
        }
        return database.execute(jdbc -> Objects.requireNonNull(jdbc.execute((Connection connection) -> {
            queryStart = System.nanoTime();
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
                    (row, _) -> new Ended(checked.get(row.getInt(1)), row.getBoolean(2)));
        })));
    }

    /**
     * Ends leases of finished jobs, and those without a claim for the second time. A claim is deleted with the last
     * result of its slice, and its lease ends a moment later.
     */
    private void endLeases(List<Ended> ended) {
        Set<SliceLease> lost = new HashSet<>();
        for (Ended lease : ended) {
            if (lease.jobFinished() || claimless.contains(lease.lease())) {
                end(lease);
            } else {
                lost.add(lease.lease());
            }
        }
        claimless = lost;
    }

    private void end(Ended ended) {
        SliceLease lease = ended.lease();
        JobId job = lease.key().jobId();
        if (ended.jobFinished()) {
            lease.end(SliceLease.End.DONE);
            queue.cancel(job);
        } else if (lease.end(SliceLease.End.LOST)) {
            JobLog.about(
                    job,
                    () -> faults.info(
                            "lease lost on slice {}: its claim was deleted, or another replica has it",
                            lease.key().instance()));
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
