package io.imageprocessor.queue;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts waiting images in the order of {@link FairShareScheduler}, within its limits. An image is in flight from its
 * start until it holds a GPU slot; the limit of images in flight keeps downloads only a little ahead of the GPU.
 *
 * <p>Calls go one way: this queue decides under its lock which {@link ImageExecution}s start, and outside the lock
 * hands them to the {@link Dispatcher}. An execution runs the {@link ImageWork} and reports here when it releases a
 * permit and when it ends. No image is lost if the executor or the timer fails. Thread-safe.
 */
public final class FairJobQueue implements JobQueue {

    private final Dispatcher dispatcher;
    private final InMemoryBacklog backlog;
    private final int maxInFlight;
    private final ReentrantLock lock = new ReentrantLock();
    private final QueueState state;

    FairJobQueue(QueueLimits limits, ExecutionFactory executions, Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.backlog = new InMemoryBacklog(limits.maxWaiting());
        this.maxInFlight = limits.maxInFlight();
        this.state = new QueueState(lock, limits, backlog, executions);
    }

    @Override
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public void enqueue(List<Job> jobs) {
        jobs.forEach(this::enqueue);
    }

    private void enqueue(Job job) {
        add(ImageBatch.of(job, hostName -> locked(() -> state.addHostQueue(hostName))));
    }

    /**
     * Adds images of a job without a reservation in the backlog. Other images of the job may be queued already, or
     * later.
     *
     * @param urls of the images, by their distance from the first one
     * @param wanted the distances of the images to process
     * @param trace that the job belongs to; null if there is none
     * @return removes those of these images that wait; may be run at any time, running images go on
     */
    public Runnable enqueue(JobId id, int firstImage, List<String> urls, BitSet wanted, @Nullable JobTrace trace) {
        if (wanted.length() > urls.size()) {
            throw new IllegalArgumentException("a wanted image has no URL");
        }
        ImageBatch batch = new ImageBatch(
                id, firstImage, urls.size(), urls::get, wanted, hostName -> locked(() -> state.addHostQueue(hostName)));
        batch.trace = trace;
        backlog.add(wanted.cardinality());
        add(batch);
        return () -> change(() -> state.withdraw(batch));
    }

    private void add(ImageBatch batch) {
        batch.queuedAt = now();
        change(() -> state.add(batch));
    }

    /** Images that wait here to be started or retried. */
    public int waiting() {
        return backlog.used();
    }

    /** Images that wait here until their retry is due; {@link #waiting} counts them too. */
    public int waitingForRetry() {
        return locked(state::waitingForRetry);
    }

    int running() {
        return locked(state::running);
    }

    int inFlight() {
        return locked(state::inFlight);
    }

    /** The limit of images in flight. */
    public int maxInFlight() {
        return maxInFlight;
    }

    /** Whether another image would start if one waited whose host is below its limit. */
    public boolean hasCapacity() {
        return locked(state::hasCapacity);
    }

    /** Jobs with more waiting images than this. The cost grows with the hosts of all jobs. */
    public List<JobId> jobsWithMoreThan(int waitingImages) {
        return locked(() -> state.jobsWithMoreThan(waitingImages));
    }

    @Override
    public void cancel(JobId id) {
        List<ImageExecution> running = new ArrayList<>();
        change(() -> running.addAll(state.cancel(id)));
        running.forEach(ImageExecution::cancel);
    }

    /**
     * Rejects submissions and starts nothing from now on.
     *
     * @param idle run once nothing runs any more
     */
    public void close(Runnable idle) {
        backlog.close();
        change(() -> state.close(idle));
    }

    /** The download ended: the host may serve another image. */
    void releaseHostPermit(ImageExecution execution) {
        lock.lock();
        try {
            state.releaseHostPermit(execution);
        } finally {
            unlockAndStart();
        }
    }

    /** The image holds a GPU slot: another image may be in flight. */
    void releaseDownloadPermit(ImageExecution execution) {
        lock.lock();
        try {
            state.releaseDownloadPermit(execution);
        } finally {
            unlockAndStart();
        }
    }

    /** The download failed: the execution holds neither the host nor a place in flight any longer. */
    void releasePermits(ImageExecution execution) {
        lock.lock();
        try {
            state.releasePermits(execution);
        } finally {
            unlockAndStart();
        }
    }

    /** The execution ended: releases what it still holds and, if a retry was requested, schedules it. */
    void end(ImageExecution execution) {
        Duration retryDelay = execution.retryDelay;
        if (retryDelay == null) {
            finish(execution);
            return;
        }
        long now = now();
        long tick = RetryWheel.tickFrom(now + retryDelay.toNanos());
        boolean needsTimer = false;
        lock.lock();
        try {
            needsTimer = state.scheduleRetry(execution, tick);
        } finally {
            unlockAndStart();
        }
        if (needsTimer) {
            dispatcher.retryLater(RetryWheel.untilTick(tick, now), () -> change(() -> state.retryDue(tick)));
        }
    }

    private void finish(ImageExecution execution) {
        lock.lock();
        try {
            state.finish(execution);
        } finally {
            unlockAndStart();
        }
    }

    /** The current time of this queue. */
    long now() {
        return dispatcher.now();
    }

    /** Whether no image waits or runs. */
    boolean isEmpty() {
        return locked(state::isEmpty);
    }

    private <T> T locked(Supplier<T> decision) {
        lock.lock();
        try {
            return decision.get();
        } finally {
            lock.unlock();
        }
    }

    /** Changes the state under the lock, and starts outside it what may start afterwards. */
    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            unlockAndStart();
        }
    }

    /**
     * Takes what may start now, unlocks, and starts it; also after a change that failed, so that nothing is delayed.
     */
    private void unlockAndStart() {
        List<ImageExecution> startable;
        Runnable idle;
        try {
            startable = state.takeStartable(this);
            idle = state.takeIdleAction();
        } finally {
            lock.unlock();
        }
        for (ImageExecution execution : startable) {
            start(execution);
        }
        if (idle != null) {
            idle.run();
        }
    }

    private void start(ImageExecution execution) {
        Throwable rejection = dispatcher.start(execution);
        if (rejection != null) {
            requeue(execution);
            dispatcher.restartLater(execution, rejection, () -> change(() -> {}));
        }
    }

    /** Starts nothing, because the executor would probably reject that too. */
    private void requeue(ImageExecution execution) {
        lock.lock();
        try {
            state.requeue(execution);
        } finally {
            lock.unlock();
        }
    }
}
