package io.imageprocessor.work;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.SubmissionRefusedException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
     * @param perHost downloads from one host at once
     */
    record Limits(int waiting, int ahead, int perHost) {}

    /** Runs an action after a delay. */
    interface Timer {
        void after(Duration delay, Runnable action);
    }

    private final Limits limits;
    private final Consumer<Passage> work;
    private final Executor executor;
    private final Timer timer;

    /** Images that wait to be started, and room reserved for those of jobs that are still being read. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Turns turns;
    private int ahead;
    private int running;
    private volatile boolean closed;
    private Runnable whenIdle = () -> {};

    FairJobQueue(Limits limits, Consumer<Passage> work, Executor executor, Timer timer) {
        this.limits = limits;
        this.turns = new Turns(limits.perHost());
        this.work = work;
        this.executor = executor;
        this.timer = timer;
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
        lock.lock();
        try {
            turns.join(jobLine);
        } finally {
            lock.unlock();
        }
        promote();
    }

    /**
     * Refuses submissions and starts nothing from now on.
     *
     * @param idle run once nothing that was started is running any more
     */
    void close(Runnable idle) {
        lock.lock();
        try {
            closed = true;
            if (running > 0) {
                whenIdle = idle;
                return;
            }
        } finally {
            lock.unlock();
        }
        idle.run();
    }

    void leaveHost(Passage passage) {
        lock.lock();
        try {
            giveBackHost(passage);
        } finally {
            lock.unlock();
        }
        promote();
    }

    void leaveAhead(Passage passage) {
        lock.lock();
        try {
            giveBackAhead(passage);
        } finally {
            lock.unlock();
        }
        promote();
    }

    /** Starts whatever may be started now. */
    private void promote() {
        for (Passage next = takeNext(); next != null; next = takeNext()) {
            Passage passage = next;
            executor.execute(() -> run(passage));
        }
    }

    private void run(Passage passage) {
        try {
            work.accept(passage);
        } finally {
            end(passage);
        }
    }

    private @Nullable Passage takeNext() {
        lock.lock();
        try {
            Turns.Taken taken = closed || ahead == limits.ahead() ? null : turns.take();
            if (taken == null) {
                return null;
            }
            ahead++;
            running++;
            if (taken.task().attempt() == 1) {
                waiting.decrementAndGet();
            }
            return new Passage(this, taken.line(), taken.task());
        } finally {
            lock.unlock();
        }
    }

    private void end(Passage passage) {
        Duration retryDelay = passage.retryDelay;
        Runnable idle = () -> {};
        lock.lock();
        try {
            giveBackHost(passage);
            giveBackAhead(passage);
            if (retryDelay == null) {
                turns.done(passage.line);
            }
            running--;
            if (closed && running == 0) {
                idle = whenIdle;
            }
        } finally {
            lock.unlock();
        }
        if (retryDelay != null) {
            timer.after(retryDelay, () -> comeBack(passage));
        }
        idle.run();
        promote();
    }

    private void comeBack(Passage passage) {
        lock.lock();
        try {
            turns.comeBack(passage.line, passage.task().nextAttempt());
        } finally {
            lock.unlock();
        }
        promote();
    }

    private void giveBackHost(Passage passage) {
        if (passage.onHost) {
            passage.onHost = false;
            turns.downloadEnded(passage.line.host);
        }
    }

    private void giveBackAhead(Passage passage) {
        if (passage.ahead) {
            passage.ahead = false;
            ahead--;
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
