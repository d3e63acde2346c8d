package io.imageprocessor.postgres.claiming;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the bytes that claimed slices hold. Its callers have different limits. Thread-safe. */
final class ByteCounter {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();

    /** Guarded by the lock. */
    private long bytes;

    long get() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds bytes, once there are at most {@code max} then.
     *
     * @param nanos maximum time to wait
     * @return false if there was no room in time
     */
    boolean add(long more, long max, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (bytes + more > max) {
                if (left <= 0) {
                    return false;
                }
                left = released.awaitNanos(left);
            }
            bytes += more;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(long fewer) {
        lock.lock();
        try {
            bytes -= fewer;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
