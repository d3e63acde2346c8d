package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.task.AbstractTask;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.queue.FairJobQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import lombok.extern.slf4j.Slf4j;

/**
 * The task that db-scheduler executes for a claimed slice: it queues the images locally, and waits until each has a
 * result. A slice that ends otherwise keeps its execution time, and so its position in the queue. It blocks a thread
 * per slice, which should be virtual. Thread-safe.
 */
@Slf4j
public final class SliceTask extends AbstractTask<Void> {

    private static final String NAME = "slice";

    /** Priority of the first slice of a job; all other slices have 0. */
    static final int PRIORITY_OF_FIRST = 1;

    private static final RateLimitedLog CLAIMS = new RateLimitedLog(log);

    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private final SliceRows rows;
    private final SliceLeases leases;
    private final FairJobQueue queue;
    private final LeaseMonitor monitor;
    private final Duration retryPause;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    /** @param retryPause how long this replica keeps a slice that failed, before any replica tries it again */
    public SliceTask(
            SliceRows rows, SliceLeases leases, FairJobQueue queue, LeaseMonitor monitor, Duration retryPause) {
        super(
                NAME,
                Void.class,
                (complete, operations) -> release(complete, operations, monitor),
                (dead, operations) -> releaseIfDead(dead, operations, monitor));
        this.rows = rows;
        this.leases = leases;
        this.queue = queue;
        this.monitor = monitor;
        this.retryPause = retryPause;
    }

    @Override
    public CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
        SliceLease lease = new SliceLease(
                SliceKey.ofInstance(instance.getId()),
                context.getExecution().version,
                instance.getPriority() == PRIORITY_OF_FIRST);
        try {
            return switch (workOn(lease)) {
                case RECORDED, LOST -> (_, _) -> {};
                case DONE -> (_, operations) -> endClaim(lease.key(), operations::remove, monitor);
                case RELEASED -> (complete, operations) -> release(complete, operations, monitor);
            };
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            logAndPause(lease.key(), e);
            throw e;
        }
    }

    /** Logs why a slice failed, and keeps its claim for the pause, because it would be the next one to be claimed. */
    void logAndPause(SliceKey key, Throwable failure) {
        JobLog.about(
                key.jobId(),
                () -> faults.error(failure, "slice {} failed; trying again in {}", key.instance(), retryPause));
        leases.awaitClose(retryPause);
    }

    /** Works on a slice until its lease ends. */
    SliceLease.End workOn(SliceLease lease) {
        SliceMemory.Reservation memory = leases.memory().new Reservation(lease);
        return workOn(lease, memory, () -> enqueue(lease, memory));
    }

    /**
     * Works on a slice that was read already, until its lease ends.
     *
     * @param memory room for the slice, which it holds already
     */
    SliceLease.End workOn(SliceLease lease, SliceMemory.Reservation memory, SliceRows.OpenSlice slice) {
        return workOn(lease, memory, () -> lease.isEnded() ? () -> {} : enqueue(lease, slice));
    }

    /**
     * @param enqueue queues the images, and returns what removes those from the queue that wait; that happens before
     *     the claim ends
     */
    private SliceLease.End workOn(SliceLease lease, SliceMemory.Reservation memory, Supplier<Runnable> enqueue) {
        Runnable withdrawal = () -> {};
        try (memory) {
            leases.add(lease);
            try {
                withdrawal = enqueue.get();
                return lease.await();
            } finally {
                withdrawal.run();
                leases.remove(lease);
            }
        }
    }

    /**
     * Queues the images of the slice without a result, unless there are none or the lease ends first.
     *
     * @return removes the waiting images from the queue
     */
    private Runnable enqueue(SliceLease lease, SliceMemory.Reservation memory) {
        while (memory.awaitRead()) {
            try {
                Optional<Runnable> withdrawal = enqueueNow(lease, memory);
                if (withdrawal.isPresent()) {
                    return withdrawal.get();
                }
                memory.endRead();
                if (!lease.isEnded() && !memory.awaitRoom() && memory.isReleased()) {
                    reportPostponed(lease.key(), memory.size());
                }
            } catch (StorageUnavailableException e) {
                memory.close();
                report(faults, "slice {} waits for the database", lease.key(), e);
                lease.awaitEnd(RETRY_DELAY);
            }
        }
        return () -> {};
    }

    /** Returns empty if the slice has no work, which ends the lease, or if there is no room for its images. */
    private Optional<Runnable> enqueueNow(SliceLease lease, SliceMemory.Reservation memory) {
        SliceKey key = lease.key();
        Optional<SliceRows.OpenSlice> open = rows.open(key);
        if (open.isEmpty()) {
            lease.end(SliceLease.End.DONE);
            return Optional.empty();
        }
        SliceRows.OpenSlice slice = open.get();
        if (!memory.hold(slice.urls())) {
            return Optional.empty();
        }
        memory.endRead();
        return Optional.of(enqueue(lease, slice));
    }

    private Runnable enqueue(SliceLease lease, SliceRows.OpenSlice slice) {
        SliceKey key = lease.key();
        lease.open(slice.unfinished());
        return queue.enqueue(key.jobId(), key.first(), slice.urls(), slice.unfinished(), slice.trace());
    }

    private void reportPostponed(SliceKey key, long bytes) {
        JobLog.about(
                key.jobId(),
                () -> faults.info(
                        "slice {} postponed: no room for its {} bytes beside other slices", key.instance(), bytes));
    }

    /** Releases the claim. The slice keeps its execution time, and so its position in the queue. */
    private static void release(
            ExecutionComplete complete, ExecutionOperations<Void> operations, LeaseMonitor monitor) {
        Execution claim = complete.getExecution();
        endClaim(
                SliceKey.ofInstance(claim.getId()),
                () -> operations.reschedule(complete, claim.executionTime),
                monitor);
    }

    private static void releaseIfDead(
            ExecutionComplete dead, ExecutionOperations<Void> operations, LeaseMonitor monitor) {
        Execution claim = dead.getExecution();
        SliceKey key = SliceKey.ofInstance(claim.getId());
        if (monitor.mayBeAlive(key, claim.version)) {
            return;
        }
        // A dead replica leaves up to a thousand.
        JobLog.about(
                key.jobId(),
                () -> CLAIMS.info(
                        "lease expired on slice {}: no heartbeat of replica {} since {}",
                        claim.getId(),
                        claim.pickedBy,
                        claim.lastHeartbeat));
        release(dead, operations, monitor);
    }

    /**
     * Ends the claim. It may be lost already, or the database unavailable; then other replicas find the claim dead when
     * its heartbeat is too old.
     */
    private static void endClaim(SliceKey key, Runnable change, LeaseMonitor monitor) {
        try {
            change.run();
        } catch (ExecutionException e) {
            debug("claim of slice {} was lost before it ended", key, e);
        } catch (RuntimeException e) {
            if (!monitor.noteFailure(e)) {
                throw e;
            }
            report(CLAIMS, "claim of slice {} cannot be ended", key, e);
        }
    }

    /** Ends a claim that db-scheduler does not execute. */
    void endClaim(SliceKey key, Runnable change) {
        endClaim(key, change, monitor);
    }

    private static void report(RateLimitedLog faults, String message, SliceKey key, RuntimeException reason) {
        if (DatabaseFailure.isReportedByMonitor(reason)) {
            debug(message, key, reason);
        } else {
            JobLog.about(key.jobId(), () -> faults.warn(reason, message, key.instance()));
        }
    }

    private static void debug(String message, SliceKey key, Exception reason) {
        if (log.isDebugEnabled()) {
            JobLog.about(key.jobId(), () -> log.debug(message, key.instance(), reason));
        }
    }

    /** Returns the task instance to schedule for the first slice of a job, in the order of the jobs. */
    SchedulableInstance<Void> firstSlice(SliceKey key) {
        return instanceBuilder(key.instance()).priority(PRIORITY_OF_FIRST).scheduledTo(turnOf(key.jobId()));
    }

    /** Returns the execution time of the first slice of a job: a virtual time, in the order of the jobs. */
    static Instant turnOf(JobId job) {
        return Instant.ofEpochMilli(job.value());
    }

    /** Returns the task instance to schedule for another slice. */
    SchedulableInstance<Void> otherSlice(SliceKey key, Instant virtualTime) {
        return instanceBuilder(key.instance()).priority(0).scheduledTo(virtualTime);
    }

    @Override
    public SchedulableInstance<Void> schedulableInstance(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SchedulableInstance<Void> schedulableInstance(String id, Void data) {
        throw new UnsupportedOperationException();
    }
}
