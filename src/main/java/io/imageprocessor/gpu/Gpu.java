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
 * Simulates a GPU with a fixed number of slots, each held by one image at a time.
 *
 * <p>Without a free slot, a caller waits in the queue of its key. The queues are served round-robin, so a short queue
 * never waits for a long one. Thread-safe.
 */
public final class Gpu {

    private final ReentrantLock lock = new ReentrantLock();

    /** The queues that are not empty, in the order in which they are served; none while a slot is free. */
    private final LinkedHashMap<Long, Deque<Waiter>> queues = new LinkedHashMap<>();

    private final int slots;
    private final Supplier<Duration> computeTime;
    private final Pause pause;
    private final Consumer<Duration> computed;
    private int freeSlots;

    /** @param computed receives the GPU time of each image after it has elapsed */
    Gpu(int slots, Supplier<Duration> computeTime, Pause pause, Consumer<Duration> computed) {
        this.slots = slots;
        this.freeSlots = slots;
        this.computeTime = computeTime;
        this.pause = pause;
        this.computed = computed;
    }

    /** Waits for the given time; tests replace it. */
    interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /**
     * Waits for a slot.
     *
     * @param queueKey callers with the same key share a queue, as the images of a job do
     * @throws InterruptedException if interrupted while waiting; no slot is held then
     */
    public Slot acquire(long queueKey) throws InterruptedException {
        Waiter waiter;
        lock.lock();
        try {
            if (freeSlots > 0) {
                freeSlots--;
                return new Slot();
            }
            waiter = new Waiter(queueKey);
            queues.computeIfAbsent(queueKey, _ -> new ArrayDeque<>()).addLast(waiter);
        } finally {
            lock.unlock();
        }
        try {
            waiter.granted.await();
        } catch (InterruptedException e) {
            stopWaiting(waiter);
            throw e;
        }
        return new Slot();
    }

    int slots() {
        return slots;
    }

    /** Returns the number of held slots. */
    int busySlots() {
        lock.lock();
        try {
            return slots - freeSlots;
        } finally {
            lock.unlock();
        }
    }

    private void stopWaiting(Waiter waiter) {
        lock.lock();
        try {
            Deque<Waiter> queue = queues.get(waiter.queueKey);
            if (queue == null || !queue.remove(waiter)) {
                // The waiter was granted a slot at the same moment; the next waiter gets it.
                grantNextOrFree();
            } else if (queue.isEmpty()) {
                queues.remove(waiter.queueKey);
            }
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        lock.lock();
        try {
            grantNextOrFree();
        } finally {
            lock.unlock();
        }
    }

    private void grantNextOrFree() {
        Map.Entry<Long, Deque<Waiter>> first = queues.pollFirstEntry();
        if (first == null) {
            freeSlots++;
            return;
        }
        Deque<Waiter> queue = first.getValue();
        Waiter next = queue.removeFirst();
        if (!queue.isEmpty()) {
            queues.putLast(first.getKey(), queue);
        }
        next.granted.countDown();
    }

    private static final class Waiter {
        private final long queueKey;
        private final CountDownLatch granted = new CountDownLatch(1);

        Waiter(long queueKey) {
            this.queueKey = queueKey;
        }
    }

    /** A slot of the GPU, held until it is closed. It must be closed exactly once. */
    public final class Slot implements AutoCloseable {

        private Slot() {}

        /**
         * Waits for the simulated GPU time.
         *
         * @return the GPU time
         * @throws InterruptedException if interrupted before the time has elapsed
         */
        public Duration compute() throws InterruptedException {
            Duration time = computeTime.get();
            if (time.isPositive()) {
                pause.pause(time);
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
