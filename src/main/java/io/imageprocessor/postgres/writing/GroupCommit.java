package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Writes starts and results of images in groups: one thread writes, in one transaction, all changes that arrived during
 * the previous transaction. While the database is unavailable, changes and their callers wait; no change is dropped. If
 * the outcome of a commit is unknown, the transaction is repeated; writing is idempotent. Thread-safe.
 */
@Slf4j
public final class GroupCommit implements AutoCloseable {

    /** How long the first change waits for others while few arrive. */
    private static final Duration SHORT_GATHERING = Duration.ofMillis(2);

    /** The same while many arrive: a transaction costs as much CPU as about thirty rows. */
    private static final Duration LONG_GATHERING = Duration.ofMillis(20);

    /** Changes in a transaction from which on many arrive. */
    private static final int MANY = 10;

    private static final Duration RETRY_DELAY = Duration.ofMillis(200);
    private static final int MAX_BATCH = 2_000;

    private final ImageChanges changes;
    private final Thread writer;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** Oldest first; guarded by the lock, as is {@link #closed}. */
    private final Deque<ImageChange> waiting = new ArrayDeque<>();

    private boolean closed;

    public GroupCommit(Database database, Clock clock) {
        this.changes = new ImageChanges(database, clock);
        this.writer = Thread.ofPlatform().daemon().name("group-commit").unstarted(this::run);
        writer.start();
    }

    /** Moves a pending image to running. The future has the committed change, or null if the image was not pending. */
    public CompletableFuture<@Nullable ImageChange> start(JobId id, int image) {
        return add(new ImageChange(id, image, null));
    }

    /** Records the result of an image. The future has the committed change, or null if the image had a result. */
    public CompletableFuture<@Nullable ImageChange> record(JobId id, int image, ImageResult result) {
        return add(new ImageChange(id, image, result));
    }

    /** Returns the number of waiting changes, without those in the current transaction. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<@Nullable ImageChange> add(ImageChange change) {
        lock.lock();
        try {
            if (closed) {
                change.outcome()
                        .completeExceptionally(
                                new StorageUnavailableException(new IllegalStateException("the service is stopping")));
            } else {
                waiting.addLast(change);
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
        return change.outcome();
    }

    private void run() {
        List<ImageChange> batch = next(SHORT_GATHERING);
        while (!batch.isEmpty()) {
            try {
                write(batch, false);
            } catch (RuntimeException | Error e) {
                FatalErrors.haltIfFatal(e);
                // Callers must not wait forever, and the next batch may succeed.
                fail(batch, e);
                faults.error(e, "writing {} changes of images failed", batch.size());
            }
            batch = next(batch.size() < MANY ? SHORT_GATHERING : LONG_GATHERING);
        }
    }

    private static void fail(List<ImageChange> batch, Throwable reason) {
        batch.forEach(change -> change.outcome().completeExceptionally(reason));
    }

    /**
     * Waits for changes. Returns an empty list once this is closed and everything is written.
     *
     * @param gather how long the first change waits for others
     */
    private List<ImageChange> next(Duration gather) {
        if (awaitFirst() < MAX_BATCH) {
            LockSupport.parkNanos(gather.toNanos());
        }
        lock.lock();
        try {
            List<ImageChange> batch = new ArrayList<>(Math.min(MAX_BATCH, waiting.size()));
            while (!waiting.isEmpty() && batch.size() < MAX_BATCH) {
                batch.add(waiting.removeFirst());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change or the close. Returns the number of waiting changes. */
    private int awaitFirst() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** @param repeated whether an earlier transaction may have committed these changes */
    private void write(List<ImageChange> batch, boolean repeated) {
        boolean again = repeated;
        while (true) {
            try {
                changes.write(batch, again);
                return;
            } catch (StorageUnavailableException e) {
                if (isClosed()) {
                    fail(batch, e);
                    return;
                }
                if (DatabaseFailure.isReportedByMonitor(e)) {
                    log.debug("{} changes of images wait for the database", batch.size(), e);
                } else {
                    faults.warn(e, "{} changes of images wait for the database", batch.size());
                }
                again = true;
                LockSupport.parkNanos(RETRY_DELAY.toNanos());
            } catch (RuntimeException | Error e) {
                FatalErrors.haltIfFatal(e);
                writeOneByOne(batch, again, e);
                return;
            }
        }
    }

    /**
     * Handles a fault of this program: it must fail only the affected change, and its job must still end. A result that
     * cannot be written is replaced by an internal error.
     */
    private void writeOneByOne(List<ImageChange> batch, boolean repeated, Throwable reason) {
        if (batch.size() > 1) {
            batch.forEach(change -> write(List.of(change), repeated));
            return;
        }
        ImageChange change = batch.getFirst();
        JobLog.about(
                change.jobId(),
                () -> faults.error(reason, "writing image {} of job {} failed", change.image(), change.jobId()));
        Optional<ImageChange> internalError =
                DatabaseFailure.isPermanent(reason) ? change.asInternalError() : Optional.empty();
        internalError.ifPresentOrElse(
                instead -> write(List.of(instead), repeated),
                () -> change.outcome().completeExceptionally(reason));
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Rejects new changes, and waits until all accepted ones are written or have failed. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
