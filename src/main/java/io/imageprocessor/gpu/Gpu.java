package io.imageprocessor.gpu;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The simulated GPU: so many slots, each held by one image for a while. Who finds no free slot stands in a line of its
 * own kind, and lines are served in turn, so that a short line never waits for a long one. Thread-safe.
 */
public final class Gpu {

    private final ReentrantLock lock = new ReentrantLock();

    /** Lines with someone in them, the next to be served first; empty while a slot is free. */
    private final LinkedHashMap<Long, Deque<Waiter>> lines = new LinkedHashMap<>();

    private final int slots;
    private final Supplier<Duration> computeTime;
    private final Pause pause;
    private final Consumer<Duration> computed;
    private int freeSlots;

    /** @param computed is told the GPU time of each image when it was spent */
    Gpu(int slots, Supplier<Duration> computeTime, Pause pause, Consumer<Duration> computed) {
        this.slots = slots;
        this.freeSlots = slots;
        this.computeTime = computeTime;
        this.pause = pause;
        this.computed = computed;
    }

    /** How the GPU lets time pass. */
    interface Pause {
        void lasting(Duration duration) throws InterruptedException;
    }

    /**
     * Waits for a slot.
     *
     * @param line who shares a line with whom: the images of one job do
     * @throws InterruptedException if interrupted while waiting; no slot is held then
     */
    public Slot acquire(long line) throws InterruptedException {
        Waiter waiter;
        lock.lock();
        try {
            if (freeSlots > 0) {
                freeSlots--;
                return new Slot();
            }
            waiter = new Waiter(line);
            lines.computeIfAbsent(line, _ -> new ArrayDeque<>()).addLast(waiter);
        } finally {
            lock.unlock();
        }
        try {
            waiter.granted.await();
        } catch (InterruptedException e) {
            leave(waiter);
            throw e;
        }
        return new Slot();
    }

    int slots() {
        return slots;
    }

    /** How many slots are held. */
    int busySlots() {
        lock.lock();
        try {
            return slots - freeSlots;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Waiter waiter) {
        lock.lock();
        try {
            Deque<Waiter> line = lines.get(waiter.line);
            if (line == null || !line.remove(waiter)) {
                // It was granted a slot in the same instant, which now goes to the next one.
                passOn();
            } else if (line.isEmpty()) {
                lines.remove(waiter.line);
            }
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        lock.lock();
        try {
            passOn();
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        Map.Entry<Long, Deque<Waiter>> first = lines.pollFirstEntry();
        if (first == null) {
            freeSlots++;
            return;
        }
        Deque<Waiter> line = first.getValue();
        Waiter next = line.removeFirst();
        if (!line.isEmpty()) {
            lines.putLast(first.getKey(), line);
        }
        next.granted.countDown();
    }

    private static final class Waiter {
        private final long line;
        private final CountDownLatch granted = new CountDownLatch(1);

        Waiter(long line) {
            this.line = line;
        }
    }

    /** A place on the GPU, held until it is closed; to be closed once. */
    public final class Slot implements AutoCloseable {

        private Slot() {}

        /**
         * Spends the simulated GPU time.
         *
         * @return how long it was
         * @throws InterruptedException if interrupted before the time was over
         */
        public Duration compute() throws InterruptedException {
            Duration time = computeTime.get();
            if (time.isPositive()) {
                pause.lasting(time);
            }
            computed.accept(time);
            return time;
        }

        @Override
        public void close() {
            release();
        }
    }
}
