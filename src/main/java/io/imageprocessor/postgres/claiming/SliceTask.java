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
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.queue.FairJobQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import lombok.extern.slf4j.Slf4j;

/**
 * What db-scheduler executes: a slice that was claimed is worked on in the local queue until each of its images has a
 * result. One that ends otherwise keeps its time, and so its place at the head of the line. Blocks, so it wants virtual
 * threads.
 */
@Slf4j
public final class SliceTask extends AbstractTask<Void> {

    static final String NAME = "slice";

    /** Of the claim of a job's first slice; that of all others is 0. */
    private static final int PRIORITY_OF_FIRST = 1;

    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private final SliceRows rows;
    private final SliceLeases held;
    private final FairJobQueue queue;
    private final Duration pauseAfterFailure;

    /** @param pauseAfterFailure how long a slice that failed is kept before anybody tries it again */
    public SliceTask(
            SliceRows rows, SliceLeases held, FairJobQueue queue, LeaseMonitor watch, Duration pauseAfterFailure) {
        super(
                NAME,
                Void.class,
                (complete, operations) -> handBack(complete, operations),
                (dead, operations) -> handBackOfDead(dead, operations, watch));
        this.rows = rows;
        this.held = held;
        this.queue = queue;
        this.pauseAfterFailure = pauseAfterFailure;
    }

    @Override
    public CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
        SliceLease slice = new SliceLease(
                SliceKey.ofInstance(instance.getId()),
                context.getExecution().version,
                instance.getPriority() == PRIORITY_OF_FIRST);
        try {
            return switch (workOn(slice)) {
                case DONE -> (_, operations) -> giveUp(slice.key(), operations::remove);
                case HANDED_BACK -> SliceTask::handBack;
                case LOST -> (_, _) -> {};
            };
        } catch (RuntimeException | Error e) {
            SliceKey key = slice.key();
            JobLog.about(
                    key.jobId(),
                    () -> log.error("slice {} failed, and is tried again in {}", key.instance(), pauseAfterFailure, e));
            // It is kept meanwhile: it would be the first to be claimed.
            held.awaitClose(pauseAfterFailure);
            throw e;
        }
    }

    /**
     * Holds the slice until its end, and takes the images that wait out of the queue before anybody else is to have it.
     */
    SliceLease.End workOn(SliceLease slice) {
        Runnable withdrawal = () -> {};
        held.hold(slice);
        try {
            withdrawal = begin(slice);
            return slice.await();
        } finally {
            withdrawal.run();
            held.release(slice);
        }
    }

    /** Queues the images of the slice, unless it has none or ends before; the answer takes them out again. */
    private Runnable begin(SliceLease slice) {
        SliceKey key = slice.key();
        while (!slice.isEnded()) {
            try {
                Optional<SliceRows.OpenSlice> open = rows.open(key);
                if (open.isPresent()) {
                    slice.begin(open.get().wanted());
                    return queue.enqueue(
                            key.jobId(),
                            key.first(),
                            open.get().urls(),
                            open.get().wanted(),
                            open.get().trace());
                }
                slice.end(SliceLease.End.DONE);
            } catch (StorageUnavailableException e) {
                debug("slice {} waits for the database", key, e);
                slice.awaitFor(RETRY_DELAY);
            }
        }
        return () -> {};
    }

    /** Whoever takes this slice over does so where it stood. */
    private static void handBack(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Execution claim = complete.getExecution();
        giveUp(SliceKey.ofInstance(claim.getId()), () -> operations.reschedule(complete, claim.executionTime));
    }

    private static void handBackOfDead(
            ExecutionComplete dead, ExecutionOperations<Void> operations, LeaseMonitor watch) {
        Execution claim = dead.getExecution();
        SliceKey key = SliceKey.ofInstance(claim.getId());
        if (watch.mayBeAlive(key, claim.version)) {
            return;
        }
        JobLog.about(
                key.jobId(),
                () -> log.info(
                        "{} has not been heard of since {}: slice {} is free again",
                        claim.pickedBy,
                        claim.lastHeartbeat,
                        claim.getId()));
        handBack(dead, operations);
    }

    /** The claim may be another's, or gone, or the database away, when others take the slice for dead before long. */
    private static void giveUp(SliceKey key, Runnable change) {
        try {
            change.run();
        } catch (ExecutionException e) {
            debug("the claim of slice {} was another's", key, e);
        } catch (RuntimeException e) {
            if (!Database.isUnavailable(e)) {
                throw e;
            }
            debug("the claim of slice {} could not be given up", key, e);
        }
    }

    private static void debug(String message, SliceKey key, Exception reason) {
        if (log.isDebugEnabled()) {
            JobLog.about(key.jobId(), () -> log.debug(message, key.instance(), reason));
        }
    }

    /** A claim that is to be made, of the first slice of a job: in the order of the jobs. */
    SchedulableInstance<Void> firstClaim(SliceKey key) {
        return instanceBuilder(key.instance())
                .priority(PRIORITY_OF_FIRST)
                .scheduledTo(Instant.ofEpochMilli(key.jobId().value()));
    }

    /** A claim that is to be made, of another slice, with its place in line. */
    SchedulableInstance<Void> claim(SliceKey key, Instant virtualTime) {
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
