package io.imageprocessor.work;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.SubmissionRefusedException;
import io.imageprocessor.job.SubmissionRefusedException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Starts waiting images: in the order of {@link Turns}, as many as the limits allow. Images run ahead of the GPU only so
 * far: as many as may be downloaded at once are between this queue and a GPU slot. What starts is decided under one
 * lock; the work itself runs outside it, on the executor, which queues nothing. Thread-safe.
 */
@Slf4j
public final class FairJobQueue implements JobQueue {

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

    /** When another attempt is made to start what could not be started. */
    private static final Duration RESTART_DELAY = Duration.ofMillis(100);

    private final WaitingRoom waitingRoom;
    private final int mostAhead;
    private final Consumer<Passage> work;
    private final Executor executor;
    private final Timer timer;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Schedule schedule;
    private volatile boolean closed;
    private Runnable whenIdle = () -> {};

    /** @param nanoTime the time as {@link System#nanoTime()} tells it */
    FairJobQueue(
            Limits limits,
            Consumer<Passage> work,
            Executor executor,
            Timer timer,
            LongSupplier nanoTime,
            ImageTraces traces) {
        this.waitingRoom = new WaitingRoom(limits.waiting());
        this.mostAhead = limits.ahead();
        this.schedule = new Schedule(limits, waitingRoom, traces);
        this.work = work;
        this.executor = executor;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    @Override
    public void reserve(int images) {
        if (closed) {
            throw new SubmissionRefusedException(Reason.STOPPING, "the service is shutting down");
        }
        waitingRoom.reserve(images);
    }

    @Override
    public void release(int images) {
        waitingRoom.release(images);
    }

    @Override
    public void enqueue(Job job) {
        join(ImageBatch.of(job, this::hostOfNewLine));
    }

    /**
     * Takes images of a job for which no room was reserved; other images of it may be here or come later.
     *
     * @param urls of these images and any between them, by their distance from the first one
     * @param wanted distances of those that are to be worked on
     * @param trace that the job belongs to; null if it is none
     * @return withdraws these images at any time: those that wait are forgotten, what is under way goes on
     */
    public Runnable enqueue(JobId id, int firstImage, List<String> urls, BitSet wanted, @Nullable JobTrace trace) {
        if (wanted.length() > urls.size()) {
            throw new IllegalArgumentException("an image is wanted of which there is no URL");
        }
        ImageBatch batch = new ImageBatch(id, firstImage, urls.size(), urls::get, wanted, this::hostOfNewLine);
        batch.trace = trace;
        waitingRoom.enter(wanted.cardinality());
        join(batch);
        return () -> change(() -> schedule.withdraw(batch));
    }

    private Host hostOfNewLine(String name) {
        return locked(() -> schedule.hostOfNewLine(name));
    }

    private void join(ImageBatch batch) {
        batch.joinedAt = nanoTime.getAsLong();
        change(() -> schedule.join(batch));
    }

    /** How many images wait here to be started or tried again. */
    public int waiting() {
        return waitingRoom.taken();
    }

    /** How many of these wait for the time at which they are to be tried again. */
    public int putOff() {
        return locked(schedule::putOff);
    }

    /** How many images are being worked on. */
    int running() {
        return locked(schedule::running);
    }

    /** How many images are between this queue and the GPU. */
    int ahead() {
        return locked(schedule::ahead);
    }

    /** How many images may be between this queue and the GPU. */
    public int mostAhead() {
        return mostAhead;
    }

    /** Whether more images would be started if there were some whose hosts are not busy. */
    public boolean isHungry() {
        return locked(schedule::isHungry);
    }

    /** Jobs of which more than so many images wait; at the cost of a look at all hosts of all jobs. */
    public List<JobId> jobsWithMoreThan(int waitingImages) {
        return locked(() -> schedule.jobsWithMoreThan(waitingImages));
    }

    @Override
    public void cancel(JobId id) {
        List<Passage> underWay = new ArrayList<>();
        change(() -> underWay.addAll(schedule.cancel(id)));
        underWay.forEach(Passage::cancel);
    }

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
        change(() -> schedule.leaveHost(passage));
    }

    /** The image is on the GPU: another may be downloaded ahead of it. */
    void leaveAhead(Passage passage) {
        change(() -> schedule.leaveAhead(passage));
    }

    /** The download is over, and the image will not come to the GPU. */
    void leavePlaces(Passage passage) {
        change(() -> schedule.leavePlaces(passage));
    }

    /** How long ago it was that time. */
    Duration since(long time) {
        return Duration.ofNanos(nanoTime.getAsLong() - time);
    }

    /** Whether nothing is left of any job. For tests. */
    boolean isEmpty() {
        return locked(schedule::isEmpty);
    }

    private <T> T locked(Supplier<T> decision) {
        lock.lock();
        try {
            return decision.get();
        } finally {
            lock.unlock();
        }
    }

    /** Changes something under the lock and, outside of it, starts what may be started then. */
    private void change(Runnable change) {
        List<Passage> startable;
        Runnable idle = () -> {};
        lock.lock();
        try {
            change.run();
            startable = takeStartable();
            if (closed && schedule.isIdle()) {
                idle = whenIdle;
                whenIdle = () -> {};
            }
        } finally {
            lock.unlock();
        }
        startable.forEach(this::start);
        idle.run();
    }

    private List<Passage> takeStartable() {
        List<Passage> startable = List.of();
        while (!closed) {
            Passage passage = schedule.take(this);
            if (passage == null) {
                break;
            }
            if (startable.isEmpty()) {
                startable = new ArrayList<>(1);
            }
            startable.add(passage);
        }
        return startable;
    }

    private void start(Passage passage) {
        try {
            executor.execute(passage);
        } catch (RuntimeException | Error e) {
            // Out of memory, say. The image must not be lost to its job.
            restartLater(passage, e);
        }
    }

    private void restartLater(Passage passage, Throwable reason) {
        lock.lock();
        try {
            schedule.putBack(passage);
        } finally {
            lock.unlock();
        }
        try {
            timer.after(RESTART_DELAY, () -> change(() -> {}));
            passage.about(() -> log.error("an image could not be started yet", reason));
        } catch (RuntimeException | Error e) {
            // Whatever changes next gives the image another chance.
            passage.about(() -> log.error("an image could not be started before something else changes", e));
        }
    }

    /** Works on an image that was started. */
    void run(Passage passage) {
        passage.begun(nanoTime.getAsLong());
        try {
            passage.work(work);
        } finally {
            change(() -> schedule.end(passage));
            Duration retryDelay = passage.retryDelay;
            if (retryDelay != null) {
                waitForRetry(passage, retryDelay);
            }
        }
    }

    private void waitForRetry(Passage passage, Duration delay) {
        long now = nanoTime.getAsLong();
        long tick = Retries.tickFrom(now + delay.toNanos());
        if (!locked(() -> schedule.putOff(passage, tick))) {
            return;
        }
        try {
            timer.after(Retries.untilTick(tick, now), () -> comeBack(tick));
        } catch (RuntimeException | Error e) {
            log.error("images are tried again sooner than they should be", e);
            comeBack(tick);
        }
    }

    private void comeBack(long tick) {
        change(() -> schedule.comeBack(tick));
    }
}
