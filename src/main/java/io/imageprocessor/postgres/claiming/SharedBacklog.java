package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import io.imageprocessor.postgres.database.Database;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Limits the pending images of all replicas: those in the database, and those of submissions that this replica is
 * reading. It counts the database at most once per second while below the limit, and at most ten times per second while
 * rejecting; no rejection uses a count older than one second. So replicas that reach the limit at the same moment may
 * together exceed it a little, and a full replica accepts work again at most 0.1 s after images have started.
 * Thread-safe.
 */
public final class SharedBacklog implements Backlog {

    private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MAX_AGE_TO_REJECT_NANOS = Duration.ofMillis(100).toNanos();

    private final Database database;
    private final int limit;
    private final BooleanSupplier stopping;
    private final LongSupplier nanoTime;

    /** Images of submissions that this replica is reading. */
    private final AtomicLong reserved = new AtomicLong();

    /** Pending images in the database, as last counted. */
    private final AtomicLong pending = new AtomicLong();

    /** When the last count started, whether or not it succeeded. */
    private final AtomicLong countStarted;

    /** When the count behind {@link #pending} started. */
    private volatile long pendingSince;

    /**
     * Creates the backlog.
     *
     * @param limit maximum number of pending images
     * @param stopping whether the service is shutting down
     * @param nanoTime the current time, as {@link System#nanoTime} returns it
     */
    public SharedBacklog(Database database, int limit, BooleanSupplier stopping, LongSupplier nanoTime) {
        this.stopping = stopping;
        this.database = database;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.pendingSince = nanoTime.getAsLong() - MAX_AGE_NANOS;
        this.countStarted = new AtomicLong(pendingSince);
    }

    @Override
    public void reserve(int images) {
        if (stopping.getAsBoolean()) {
            throw new SubmissionRejectedException(Reason.STOPPING, "the service is shutting down");
        }
        long now = nanoTime.getAsLong();
        if (startsCount(now, MAX_AGE_NANOS)) {
            count(now);
        }
        if (tryReserve(images)) {
            return;
        }
        // While another thread counts and the known count is too old to reject by, this thread counts too.
        if (startsCount(now, MAX_AGE_TO_REJECT_NANOS) || now - pendingSince >= MAX_AGE_NANOS) {
            count(now);
            if (tryReserve(images)) {
                return;
            }
        }
        throw new SubmissionRejectedException(
                Reason.FULL, "backlog limit of " + limit + " images reached; try again later");
    }

    /** Returns whether this thread is to count: the last count started at least this long ago. One thread gets true. */
    private boolean startsCount(long now, long maxAgeNanos) {
        long before = countStarted.get();
        return now - before >= maxAgeNanos && countStarted.compareAndSet(before, now);
    }

    private boolean tryReserve(int images) {
        if (reserved.addAndGet(images) + pending.get() <= limit) {
            return true;
        }
        release(images);
        return false;
    }

    private void count(long now) {
        pending.set(database.execute(jdbc -> Objects.requireNonNull(jdbc.queryForObject("""
                SELECT coalesce(sum(images - running - succeeded - failed - cancelled), 0) FROM job
                WHERE state = 'ongoing'
                """, Long.class))));
        pendingSince = now;
    }

    @Override
    public void release(int images) {
        reserved.addAndGet(-images);
    }

    @Override
    public void accepted(int images) {
        pending.addAndGet(images);
        release(images);
    }
}
