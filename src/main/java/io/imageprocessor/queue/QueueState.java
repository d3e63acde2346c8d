package io.imageprocessor.queue;

import io.imageprocessor.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Holds which images wait and run, and decides what {@link FairJobQueue} starts. It is a class of its own to separate
 * decisions, which need the lock of the queue, from calls of the executor and the timer, which must not hold it.
 *
 * <p>Every method asserts that the caller holds the lock. The lock also guards all objects that are reached from here:
 * jobs, batches, hosts, and the permits and links of executions.
 */
final class QueueState {

    private final ReentrantLock lock;
    private final InMemoryBacklog backlog;
    private final int maxInFlight;
    private final ExecutionFactory executions;
    private final HostLimits hosts;
    private final FairShareScheduler scheduler;
    private final RetryWheel retries = new RetryWheel();

    private int inFlight;
    private int running;
    private boolean closed;
    private @Nullable Runnable whenIdle;

    /** @param backlog counts each image that waits to be started or retried */
    QueueState(ReentrantLock lock, QueueLimits limits, InMemoryBacklog backlog, ExecutionFactory executions) {
        this.lock = lock;
        this.backlog = backlog;
        this.maxInFlight = limits.maxInFlight();
        this.executions = executions;
        this.hosts = new HostLimits(limits.perNewHost(), limits.perHost());
        this.scheduler = new FairShareScheduler(hosts);
    }

    private boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    /** Returns the host of this name, and counts a new {@link HostQueue} of it. */
    Host addHostQueue(String hostName) {
        assert isLocked();
        return hosts.addQueue(hostName);
    }

    /** Adds images that the backlog already counts. */
    void add(ImageBatch batch) {
        assert isLocked();
        scheduler.add(batch);
    }

    /** Takes all images that may start now, as executions that report to {@code queue}. */
    List<ImageExecution> takeStartable(FairJobQueue queue) {
        assert isLocked();
        List<ImageExecution> startable = List.of();
        while (!closed && hasCapacity()) {
            FairShareScheduler.Taken taken = scheduler.take();
            if (taken == null) {
                break;
            }
            if (startable.isEmpty()) {
                startable = new ArrayList<>(1);
            }
            startable.add(begin(taken, queue));
        }
        return startable;
    }

    private ImageExecution begin(FairShareScheduler.Taken taken, FairJobQueue queue) {
        ImageBatch batch = taken.hostQueue().batch;
        ImageExecution execution = executions.create(queue, taken.hostQueue(), taken.task());
        if (taken.task().begun()) {
            int index = taken.task().index();
            execution.firstAttempt = batch.firstAttemptAt(index);
            execution.readySince = batch.dueAt(index);
        } else {
            execution.readySince = batch.queuedAt;
        }
        batch.job.executions.add(execution);
        inFlight++;
        running++;
        backlog.release(1);
        return execution;
    }

    /** Releases the permit for a download from the host, if the execution still holds it. */
    void releaseHostPermit(ImageExecution execution) {
        assert isLocked();
        if (execution.holdsHostPermit) {
            execution.holdsHostPermit = false;
            scheduler.downloadEnded(execution.hostQueue.host, execution.contact);
        }
    }

    /** Releases the permit to be in flight, if the execution still holds it. */
    void releaseDownloadPermit(ImageExecution execution) {
        assert isLocked();
        if (execution.holdsDownloadPermit) {
            execution.holdsDownloadPermit = false;
            inFlight--;
            scheduler.leftFlight(execution.hostQueue.batch.job);
        }
    }

    /** Releases both permits, if the execution still holds them. */
    void releasePermits(ImageExecution execution) {
        releaseHostPermit(execution);
        releaseDownloadPermit(execution);
    }

    /** Ends an execution whose image is finished. */
    void finish(ImageExecution execution) {
        end(execution);
        scheduler.finish(execution.hostQueue);
    }

    /**
     * Ends an execution whose image is retried at a tick of {@link RetryWheel}, unless the job was cancelled.
     *
     * @return whether this is the first image of its tick, so that the tick needs a timer for {@link #retryDue}
     */
    boolean scheduleRetry(ImageExecution execution, long tick) {
        end(execution);
        HostQueue hostQueue = execution.hostQueue;
        if (hostQueue.batch.withdrawn) {
            scheduler.finish(hostQueue);
            return false;
        }
        backlog.add(1);
        hostQueue.scheduleRetry();
        hostQueue.batch.rememberRetry(execution.task().index(), execution.attempts, execution.firstAttempt, tick);
        return retries.add(hostQueue, execution.task(), tick);
    }

    /** Ends an execution that could not be started: its image waits as before. */
    void requeue(ImageExecution execution) {
        end(execution);
        if (execution.hostQueue.batch.withdrawn) {
            scheduler.finish(execution.hostQueue);
        } else {
            backlog.add(1);
            scheduler.requeue(execution.hostQueue, execution.task());
        }
    }

    private void end(ImageExecution execution) {
        releasePermits(execution);
        running--;
        execution.hostQueue.batch.job.executions.remove(execution);
    }

    /** Makes the images ready whose retry is due at this tick. */
    void retryDue(long tick) {
        assert isLocked();
        retries.takeDue(tick).forEach(hostQueues -> hostQueues.forEach(scheduler::retryDue));
    }

    /**
     * Removes a job and its images that wait.
     *
     * @return the running executions of the job, which the caller cancels outside the lock
     */
    List<ImageExecution> cancel(JobId id) {
        assert isLocked();
        QueuedJob job = scheduler.find(id);
        if (job == null) {
            return List.of();
        }
        backlog.release(scheduler.cancel(job));
        retries.removeWithdrawn(job);
        return job.executions.toList();
    }

    /** Removes the images of a batch that wait; the running ones go on. */
    void withdraw(ImageBatch batch) {
        assert isLocked();
        int removed = scheduler.withdraw(batch);
        if (removed > 0) {
            backlog.release(removed);
            retries.removeWithdrawn(batch.job);
        }
    }

    /** Starts nothing from now on. */
    void close(Runnable idleAction) {
        assert isLocked();
        closed = true;
        whenIdle = idleAction;
    }

    /** Takes the action that was passed to {@link #close}, once nothing runs; null before that and afterwards. */
    @Nullable
    Runnable takeIdleAction() {
        assert isLocked();
        if (running > 0) {
            return null;
        }
        Runnable action = whenIdle;
        whenIdle = null;
        return action;
    }

    List<JobId> jobsWithMoreThan(int waitingImages) {
        assert isLocked();
        return scheduler.jobsWithMoreThan(waitingImages);
    }

    int waitingForRetry() {
        assert isLocked();
        return retries.size();
    }

    boolean hasCapacity() {
        assert isLocked();
        return inFlight < maxInFlight;
    }

    int inFlight() {
        assert isLocked();
        return inFlight;
    }

    int running() {
        assert isLocked();
        return running;
    }

    boolean isEmpty() {
        assert isLocked();
        return running == 0 && inFlight == 0 && scheduler.isEmpty() && retries.isEmpty();
    }
}
