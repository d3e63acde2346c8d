package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
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
 * Writes what becomes of images: one thread, and one transaction for all that came while the last one was under way.
 * While the database is away everything waits here, and so do those who handed it in: nothing is dropped. A transaction
 * of which it is not known whether it was committed is run again, which does no harm. Thread-safe.
 */
@Slf4j
public final class GroupCommit implements AutoCloseable {

    /** How long the first change waits for others when hardly any come. */
    private static final Duration GATHER_FEW = Duration.ofMillis(2);

    /** ... and when many do: a transaction costs as much as some thirty rows, on cores that others need too. */
    private static final Duration GATHER_MANY = Duration.ofMillis(20);

    /** Changes in one transaction. */
    private static final int MANY = 10;

    private static final Duration RETRY_DELAY = Duration.ofMillis(200);
    private static final int MOST = 2_000;

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

    /** Moves a pending image on to running; whether it was pending, and not null, is known once it is written. */
    public CompletableFuture<@Nullable ImageChange> start(JobId id, int image) {
        return add(new ImageChange(id, image, null));
    }

    /**
     * Keeps the result of an image; what is kept, or null if there was a result before, is known once it is written.
     */
    public CompletableFuture<@Nullable ImageChange> record(JobId id, int image, ImageResult result) {
        return add(new ImageChange(id, image, result));
    }

    /** How many changes wait to be written, without those that are being written. */
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
        List<ImageChange> batch = next(GATHER_FEW);
        while (!batch.isEmpty()) {
            try {
                write(batch, false);
            } catch (RuntimeException | Error e) {
                // Out of memory, say. Nobody is to wait for these for ever, and the next may fare better.
                fail(batch, e);
                faults.error(e, "{} changes of images cannot be written", batch.size());
            }
            batch = next(batch.size() < MANY ? GATHER_FEW : GATHER_MANY);
        }
    }

    private static void fail(List<ImageChange> batch, Throwable reason) {
        batch.forEach(change -> change.outcome().completeExceptionally(reason));
    }

    /** Waits for changes, and so much longer for more of them; empty once this is closed and all is written. */
    private List<ImageChange> next(Duration gather) {
        if (awaitFirst() < MOST) {
            LockSupport.parkNanos(gather.toNanos());
        }
        lock.lock();
        try {
            List<ImageChange> batch = new ArrayList<>(Math.min(MOST, waiting.size()));
            while (!waiting.isEmpty() && batch.size() < MOST) {
                batch.add(waiting.removeFirst());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** How many changes wait, as soon as there are any, or this is closed. */
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

    /** @param writtenBefore whether these may have been written, without an answer */
    private void write(List<ImageChange> batch, boolean writtenBefore) {
        boolean again = writtenBefore;
        while (true) {
            try {
                changes.write(batch, again);
                return;
            } catch (StorageUnavailableException e) {
                if (isClosed()) {
                    fail(batch, e);
                    return;
                }
                log.debug("{} changes of images wait for the database", batch.size(), e);
                again = true;
                LockSupport.parkNanos(RETRY_DELAY.toNanos());
            } catch (RuntimeException | Error e) {
                writeOneByOne(batch, again, e);
                return;
            }
        }
    }

    /**
     * A fault of ours: it must hit those alone that it is about, and a result that cannot be kept must not keep its job
     * from ending.
     */
    private void writeOneByOne(List<ImageChange> batch, boolean again, Throwable reason) {
        if (batch.size() > 1) {
            batch.forEach(change -> write(List.of(change), again));
            return;
        }
        ImageChange change = batch.getFirst();
        JobLog.about(
                change.jobId(),
                () -> faults.error(reason, "image {} of job {} cannot be written", change.image(), change.jobId()));
        Optional<ImageChange> fault = Database.isOfTheData(reason) ? change.asFault() : Optional.empty();
        fault.ifPresentOrElse(
                instead -> write(List.of(instead), again),
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

    /** Takes no more changes, and comes back when those that came are written, or cannot be. */
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
