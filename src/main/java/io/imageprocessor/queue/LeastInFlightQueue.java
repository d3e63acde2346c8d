package io.imageprocessor.queue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Orders jobs by their images in flight, fewest first, and jobs with equally many by the time they were added. Every
 * step takes constant time, because the limit of images in flight bounds the number of sets. Guarded by the lock of
 * {@link FairJobQueue}.
 */
final class LeastInFlightQueue {

    /** Jobs by their number of images in flight. */
    private final List<LinkedHashSet<QueuedJob>> jobs = new ArrayList<>();

    /** The numbers whose set is not empty. */
    private final BitSet occupied = new BitSet();

    /** Adds a job, unless it is in this queue. */
    void add(QueuedJob job) {
        if (job.isQueued) {
            return;
        }
        job.isQueued = true;
        while (jobs.size() <= job.inFlight) {
            jobs.add(new LinkedHashSet<>());
        }
        jobs.get(job.inFlight).addLast(job);
        occupied.set(job.inFlight);
    }

    /** Removes and returns the first job; null if there is none. */
    @Nullable
    QueuedJob pollFirst() {
        int fewest = occupied.nextSetBit(0);
        if (fewest < 0) {
            return null;
        }
        QueuedJob job = jobs.get(fewest).getFirst();
        remove(job);
        return job;
    }

    /** Changes a job's number of images in flight, whether or not it is in this queue. */
    void changeInFlight(QueuedJob job, int by) {
        boolean queued = job.isQueued;
        if (queued) {
            remove(job);
        }
        job.inFlight += by;
        if (queued) {
            add(job);
        }
    }

    /** Removes a job, if it is in this queue. */
    void remove(QueuedJob job) {
        if (!job.isQueued) {
            return;
        }
        LinkedHashSet<QueuedJob> peers = jobs.get(job.inFlight);
        peers.remove(job);
        if (peers.isEmpty()) {
            occupied.clear(job.inFlight);
        }
        job.isQueued = false;
    }
}
