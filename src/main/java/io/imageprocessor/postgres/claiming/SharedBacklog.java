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
 * Room for pending images over all replicas: as many as are pending in the database, and those of submissions that are
 * being read here. The first is looked up once a second at most while there is room, and ten times a second at most
 * while somebody is refused, by what was looked up within the last second. So replicas that fill up at the same moment
 * may together take in somewhat more, and one that is full takes work again a tenth of a second after room was made.
 * Thread-safe.
 */
public final class SharedBacklog implements Backlog {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FRESH_TO_REFUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final Database database;
    private final int places;
    private final BooleanSupplier stopping;
    private final LongSupplier nanoTime;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();

    /** When somebody last began to look up. */
    private final AtomicLong lookedUp;

    /** When what is known as pending was begun to be looked up. */
    private volatile long knownSince;

    public SharedBacklog(Database database, int places, BooleanSupplier stopping, LongSupplier nanoTime) {
        this.stopping = stopping;
        this.database = database;
        this.places = places;
        this.nanoTime = nanoTime;
        this.knownSince = nanoTime.getAsLong() - FRESH_NANOS;
        this.lookedUp = new AtomicLong(knownSince);
    }

    /**
     * Takes places for images of a submission.
     *
     * @throws SubmissionRejectedException if there are not so many, and none was taken
     */
    @Override
    public void reserve(int images) {
        if (stopping.getAsBoolean()) {
            throw new SubmissionRejectedException(Reason.STOPPING, "the service is shutting down");
        }
        long now = nanoTime.getAsLong();
        if (isMineToLookUp(now, FRESH_NANOS)) {
            lookUp(now);
        }
        if (tryReserve(images)) {
            return;
        }
        // Whoever comes while another looks up for the first time in a while waits for an answer of its own.
        if (isMineToLookUp(now, FRESH_TO_REFUSE_NANOS) || now - knownSince >= FRESH_NANOS) {
            lookUp(now);
            if (tryReserve(images)) {
                return;
            }
        }
        throw new SubmissionRejectedException(
                Reason.FULL, "the service holds as many waiting images as it may (" + places + "); try again later");
    }

    /** Nobody else has begun to look up for so long, and nobody else does now. */
    private boolean isMineToLookUp(long now, long freshNanos) {
        long before = lookedUp.get();
        return now - before >= freshNanos && lookedUp.compareAndSet(before, now);
    }

    private boolean tryReserve(int images) {
        if (reserved.addAndGet(images) + pending.get() <= places) {
            return true;
        }
        release(images);
        return false;
    }

    private void lookUp(long now) {
        pending.set(database.with(jdbc -> Objects.requireNonNull(jdbc.queryForObject("""
                SELECT coalesce(sum(images - running - succeeded - failed - cancelled), 0) FROM job
                WHERE state = 'ongoing'
                """, Long.class))));
        knownSince = now;
    }

    /** Gives places back. */
    @Override
    public void release(int images) {
        reserved.addAndGet(-images);
    }

    /** Images with places are pending in the database now. */
    @Override
    public void accepted(int images) {
        pending.addAndGet(images);
        release(images);
    }
}
