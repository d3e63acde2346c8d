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
 * Starts waiting images: in the order of {@link FairShareScheduler}, as many as the limits allow. Images run ahead of
 * the GPU only so far: as many as may be downloaded at once are between this queue and a GPU slot. What starts is
 * decided under one lock; the work itself runs outside it, by {@link ExecutionRunner}, on an executor that queues
 * nothing. Thread-safe.
 */
public final class FairJobQueue implements JobQueue {

    private final LocalBacklog waitingRoom;
    private final int mostAhead;
    private final ExecutionRunner runner;

    private final ReentrantLock lock = new ReentrantLock();
    private final Schedule schedule;
    private volatile boolean closed;
    private Runnable whenIdle = () -> {};

    public FairJobQueue(QueueLimits limits, ExecutionRunner runner, ExecutionFactory traces) {
        this.waitingRoom = new LocalBacklog(limits.waiting());
        this.mostAhead = limits.ahead();
        this.schedule = new Schedule(limits, waitingRoom, traces);
        this.runner = runner;
    }

    @Override
    public Backlog backlog() {
        return waitingRoom;
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
        batch.joinedAt = runner.now();
        change(() -> schedule.join(batch));
    }

    /** How many images wait here to be started or tried again. */
    public int waiting() {
        return waitingRoom.taken();
    }

    /** How many of these wait for the time at which they are to be tried again. */
    public int waitingForRetry() {
        return locked(schedule::waitingForRetry);
    }

    /** How many images are being worked on. */
    public int running() {
        return locked(schedule::running);
    }

    /** How many images are between this queue and the GPU. */
    public int ahead() {
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
        List<ImageExecution> underWay = new ArrayList<>();
        change(() -> underWay.addAll(schedule.cancel(id)));
        underWay.forEach(ImageExecution::cancel);
    }

    /**
     * Refuses submissions and starts nothing from now on.
     *
     * @param idle run once nothing that was started is running any more
     */
    public void close(Runnable idle) {
        change(() -> {
            closed = true;
            waitingRoom.close();
            whenIdle = idle;
        });
    }

    /** Works on an image that was started. */
    void run(ImageExecution passage) {
        runner.run(passage, this);
    }

    /** The download is over: its host may serve another. */
    void leaveHost(ImageExecution passage) {
        change(() -> schedule.leaveHost(passage));
    }

    /** The image is on the GPU: another may be downloaded ahead of it. */
    void leaveAhead(ImageExecution passage) {
        change(() -> schedule.leaveAhead(passage));
    }

    /** The download is over, and the image will not come to the GPU. */
    void leavePlaces(ImageExecution passage) {
        change(() -> schedule.leavePlaces(passage));
    }

    /** The work is over; the image is too, unless it is to be {@link #putOff}. */
    void end(ImageExecution passage) {
        change(() -> schedule.end(passage));
    }

    /** The work could not be started: the image waits as before. Starts nothing, which might fail again. */
    void putBack(ImageExecution passage) {
        lock.lock();
        try {
            schedule.putBack(passage);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets an image whose work has ended wait until it is tried again.
     *
     * @return whether nobody else waits for this tick, so that it has to be announced by {@link #comeBack}
     */
    boolean putOff(ImageExecution passage, long tick) {
        return locked(() -> schedule.putOff(passage, tick));
    }

    /** The images that were put off until this tick are due. */
    void comeBack(long tick) {
        change(() -> schedule.comeBack(tick));
    }

    /** Starts what may be started, although nothing has changed. */
    void startMore() {
        change(() -> {});
    }

    /** How long ago it was that time. */
    Duration since(long time) {
        return Duration.ofNanos(runner.now() - time);
    }

    /** Whether nothing is left of any job. For tests. */
    public boolean isEmpty() {
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
        List<ImageExecution> startable;
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
        startable.forEach(passage -> runner.start(passage, this));
        idle.run();
    }

    private List<ImageExecution> takeStartable() {
        List<ImageExecution> startable = List.of();
        while (!closed) {
            ImageExecution passage = schedule.take(this);
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
}
