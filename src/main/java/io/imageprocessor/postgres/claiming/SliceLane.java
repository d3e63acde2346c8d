package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the bytes that the claimed slices of one lane hold. A job that holds some already gets no more than it leaves
 * free, so that one job with slow hosts does not keep out the others. Thread-safe.
 */
final class SliceLane {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();

    /** Guarded by the lock, as is {@link #bytes}. */
    private final Map<JobId, Long> bytesOfJobs = new HashMap<>();

    private long bytes;

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a job could add bytes now, so that there are at most {@code max} then. */
    boolean hasRoom(JobId job, long more, long max) {
        lock.lock();
        try {
            long ofJob = bytesOfJobs.getOrDefault(job, 0L);
            long free = max - bytes - more;
            return free >= 0 && (ofJob == 0 || ofJob + more <= free);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds bytes, once there is room for them.
     *
     * @param max bytes of the lane that may be held then
     * @param nanos maximum time to wait
     * @return false if there was no room in time
     */
    boolean add(JobId job, long more, long max, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!hasRoom(job, more, max)) {
                if (left <= 0) {
                    return false;
                }
                left = released.awaitNanos(left);
            }
            bytes += more;
            bytesOfJobs.merge(job, more, Long::sum);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(JobId job, long fewer) {
        lock.lock();
        try {
            bytes -= fewer;
            bytesOfJobs.computeIfPresent(job, (_, ofJob) -> ofJob == fewer ? null : ofJob - fewer);
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
