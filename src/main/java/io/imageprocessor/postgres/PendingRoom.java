package io.imageprocessor.postgres;

import io.imageprocessor.job.SubmissionRefusedException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Room for pending images over all replicas: as many as are pending in the database, and those of submissions that are being
 * read here. The first is looked up once a second at most, and before anybody is refused. So replicas that fill up at the same
 * moment may together take in somewhat more. Thread-safe.
 */
final class PendingRoom {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Database database;
    private final int places;
    private final LongSupplier nanoTime;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong lookedUp;

    PendingRoom(Database database, int places, LongSupplier nanoTime) {
        this.database = database;
        this.places = places;
        this.nanoTime = nanoTime;
        this.lookedUp = new AtomicLong(nanoTime.getAsLong() - FRESH_NANOS);
    }

    /**
     * Takes places for images of a submission.
     *
     * @throws SubmissionRefusedException if there are not so many, and none was taken
     */
    void reserve(int images) {
        long before = lookedUp.get();
        long now = nanoTime.getAsLong();
        if (now - before >= FRESH_NANOS && lookedUp.compareAndSet(before, now)) {
            lookUp();
        }
        if (tryReserve(images)) {
            return;
        }
        lookUp();
        if (!tryReserve(images)) {
            throw new SubmissionRefusedException(
                    "the service holds as many waiting images as it may (" + places + "); try again later");
        }
    }

    private boolean tryReserve(int images) {
        if (reserved.addAndGet(images) + pending.get() <= places) {
            return true;
        }
        release(images);
        return false;
    }

    private void lookUp() {
        pending.set(database.with(jdbc -> Objects.requireNonNull(jdbc.queryForObject("""
                SELECT coalesce(sum(images - running - succeeded - failed - cancelled), 0) FROM job WHERE state = 'ongoing'
                """, Long.class))));
    }

    /** Gives places back. */
    void release(int images) {
        reserved.addAndGet(-images);
    }

    /** Images with places are pending in the database now. */
    void accepted(int images) {
        pending.addAndGet(images);
        release(images);
    }
}
