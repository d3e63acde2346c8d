package io.imageprocessor.work;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.SubmissionRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Starts waiting images: in the order of {@link Turns}, as many as the limits allow. Images run ahead of the GPU only so
 * far: as many as may be downloaded at once are between this queue and a GPU slot. What starts is decided under one
 * lock; the work itself runs outside it, on the executor, which queues nothing. Thread-safe.
 */
final class FairJobQueue implements JobQueue {

    /**
     * How much may wait and run.
     *
     * @param waiting images that wait to be started
     * @param ahead images between this queue and the GPU: downloading, or downloaded and in line for a slot
     * @param perNewHost downloads at once from a host of which nothing is known
     * @param perHost downloads at once from a host that answers
     */
    record Limits(int waiting, int ahead, int perNewHost, int perHost) {}

    /** Runs an action after a delay. */
    interface Timer {
        void after(Duration delay, Runnable action);
    }

    private final Limits limits;
    private final Consumer<Passage> work;
    private final Executor executor;
    private final Timer timer;
    private final LongSupplier nanoTime;

    /** Images that wait to be started or tried again, and room reserved for those of jobs that are still being read. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Turns turns;
    private final Retries retries = new Retries();
    private int ahead;
    private int running;
    private volatile boolean closed;
    private Runnable whenIdle = () -> {};

    /** @param nanoTime the time as {@link System#nanoTime()} tells it */
    FairJobQueue(Limits limits, Consumer<Passage> work, Executor executor, Timer timer, LongSupplier nanoTime) {
        this.limits = limits;
        this.turns = new Turns(limits.perNewHost(), limits.perHost());
        this.work = work;
        this.executor = executor;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    @Override
    public void reserve(int images) {
        if (closed) {
            throw new SubmissionRefusedException("the service is shutting down");
        }
        int before = waiting.getAndAdd(images);
        if (before > limits.waiting() - images) {
            waiting.addAndGet(-images);
            throw new SubmissionRefusedException(
                    "the service holds as many waiting images as it may (" + limits.waiting() + "); try again later");
        }
    }

    @Override
    public void release(int images) {
        waiting.addAndGet(-images);
    }

    @Override
    public void enqueue(Job job) {
        JobLine jobLine = JobLine.of(job, this::hostOfNewLine);
        change(() -> turns.join(jobLine));
    }

    @Override
    public void cancel(JobId id) {}

    /**
     * Refuses submissions and starts nothing from now on.
     *
     * @param idle run once nothing that was started is running any more
     */
    void close(Runnable idle) {
        change(() -> {
            closed = true;
            whenIdle = idle;
        });
    }

    /** The download is over: its host may serve another. */
    void leaveHost(Passage passage) {
        change(() -> giveBackHost(passage));
    }

    /** The image is on the GPU: another may be downloaded ahead of it. */
    void leaveAhead(Passage passage) {
        change(() -> giveBackAhead(passage));
    }

    /** Changes something under the lock and, outside of it, starts what may be started then. */
    private void change(Runnable change) {
        List<Passage> startable;
        Runnable idle = () -> {};
        lock.lock();
        try {
            change.run();
            startable = takeStartable();
            if (closed && running == 0) {
                idle = whenIdle;
                whenIdle = () -> {};
            }
        } finally {
            lock.unlock();
        }
        startable.forEach(passage -> executor.execute(() -> run(passage)));
        idle.run();
    }

    private List<Passage> takeStartable() {
        List<Passage> startable = List.of();
        while (!closed && ahead < limits.ahead()) {
            Turns.Taken taken = turns.take();
            if (taken == null) {
                break;
            }
            ahead++;
            running++;
            Passage passage = new Passage(this, taken.line(), taken.task());
            waiting.decrementAndGet();
            if (taken.task().begun()) {
                passage.firstAttempt =
                        taken.line().job.firstAttemptAt(taken.task().index());
            }
            if (startable.isEmpty()) {
                startable = new ArrayList<>(1);
            }
            startable.add(passage);
        }
        return startable;
    }

    private void run(Passage passage) {
        if (!passage.task().begun()) {
            passage.firstAttempt = nanoTime.getAsLong();
        }
        try {
            work.accept(passage);
        } finally {
            change(() -> end(passage));
            Duration retryDelay = passage.retryDelay;
            if (retryDelay != null) {
                waitForRetry(passage, retryDelay);
            }
        }
    }

    private void end(Passage passage) {
        giveBackHost(passage);
        giveBackAhead(passage);
        running--;
        if (passage.retryDelay == null) {
            turns.done(passage.line);
        }
    }

    private void waitForRetry(Passage passage, Duration delay) {
        long now = nanoTime.getAsLong();
        long tick = Retries.tickFrom(now + delay.toNanos());
        boolean first;
        waiting.incrementAndGet();
        lock.lock();
        try {
            passage.line.job.remember(passage.task().index(), passage.attempts, passage.firstAttempt);
            first = retries.add(passage.line, passage.task(), tick);
        } finally {
            lock.unlock();
        }
        if (first) {
            timer.after(
                    Retries.untilTick(tick, now),
                    () -> change(() -> retries.takeDue(tick).forEach(turns::comeBack)));
        }
    }

    /** How long ago it was that time. */
    Duration since(long time) {
        return Duration.ofNanos(nanoTime.getAsLong() - time);
    }

    private void giveBackHost(Passage passage) {
        if (passage.onHost) {
            passage.onHost = false;
            turns.downloadEnded(passage.line.host, passage.contact);
        }
    }

    private void giveBackAhead(Passage passage) {
        if (passage.ahead) {
            passage.ahead = false;
            ahead--;
            turns.leftAhead(passage.line.job);
        }
    }

    private Host hostOfNewLine(String name) {
        lock.lock();
        try {
            return turns.hostOfNewLine(name);
        } finally {
            lock.unlock();
        }
    }
}
