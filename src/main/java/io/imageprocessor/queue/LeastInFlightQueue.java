package io.imageprocessor.queue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that have an image to start, those with the fewest images under way first, and among equals the one that has
 * waited longest. Every step takes constant time, since no job has more under way than may be downloaded at once.
 * Guarded by the lock of {@link FairJobQueue}.
 */
final class LeastInFlightQueue {

    /** By the number of images under way. */
    private final List<LinkedHashSet<QueuedJob>> jobs = new ArrayList<>();

    /** Which of these sets are not empty. */
    private final BitSet occupied = new BitSet();

    /** Adds a job, unless it is here. */
    void add(QueuedJob job) {
        if (job.inTurn) {
            return;
        }
        job.inTurn = true;
        while (jobs.size() <= job.underWay) {
            jobs.add(new LinkedHashSet<>());
        }
        jobs.get(job.underWay).addLast(job);
        occupied.set(job.underWay);
    }

    /** Takes the first job out; null if there is none. */
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

    /** Changes how many images a job has under way, wherever it stands. */
    void changeUnderWay(QueuedJob job, int by) {
        boolean here = job.inTurn;
        if (here) {
            remove(job);
        }
        job.underWay += by;
        if (here) {
            add(job);
        }
    }

    /** Takes a job out, if it is here. */
    void remove(QueuedJob job) {
        if (!job.inTurn) {
            return;
        }
        LinkedHashSet<QueuedJob> peers = jobs.get(job.underWay);
        peers.remove(job);
        if (peers.isEmpty()) {
            occupied.clear(job.underWay);
        }
        job.inTurn = false;
    }
}
