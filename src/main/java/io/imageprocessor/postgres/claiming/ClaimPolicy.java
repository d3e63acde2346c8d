package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.queue.FairJobQueue;
import java.util.List;
import lombok.RequiredArgsConstructor;

/** How many slices this replica should claim now. Thread-safe. */
@RequiredArgsConstructor
public final class ClaimPolicy {

    /**
     * First slices are claimed whatever else waits, until so many of them are held. With {@link #MOST_OTHERS}: each has
     * its heartbeat written by itself, and so given back by itself if its replica dies, which may take 3 ms on a disk
     * across a network. All of them have to be done within one heartbeat interval.
     */
    static final int MOST_FIRST = 800;

    /** Others, until so many of them are held: 102,400 images with their URLs, some 16 MB. */
    static final int MOST_OTHERS = 400;

    /**
     * Images that wait here beyond twice those that may be on their way: what is started while slices are claimed and
     * read, at 20,000 a second for 25 ms.
     */
    private static final int CLAIM_AHEAD = 512;

    /** Slices that are claimed at once when enough images wait, but those for busy or dead hosts. */
    private static final int WHEN_HUNGRY = 2;

    /** Of a job with so many images waiting here, no more will help: its hosts are busy or dead. */
    private static final int MOST_OF_A_STUCK_JOB = 16 * SliceLayout.IMAGES;

    /** While so many starts and results wait to be written, the database is what is short. */
    private static final int MOST_UNWRITTEN = 20_000;

    private final FairJobQueue queue;
    private final SliceLeases held;
    private final GroupCommit commits;

    /**
     * What to claim.
     *
     * @param first slices that are the first of their job
     * @param others slices that are not
     * @param without jobs of which none of the others is wanted
     */
    record Wanted(int first, int others, List<JobId> without) {

        boolean isNothing() {
            return first + others == 0;
        }
    }

    Wanted now() {
        if (held.isClosed() || commits.waiting() > MOST_UNWRITTEN) {
            return new Wanted(0, 0, List.of());
        }
        int firstHeld = held.first();
        int othersHeld = held.size() - firstHeld;
        int first = Math.max(0, MOST_FIRST - firstHeld);
        // Those of many small jobs for dead hosts keep no place from these.
        int places = Math.max(0, MOST_OTHERS - othersHeld);
        // Images of a dead host are tried, and put off, as fast as they come; the job is over when all have been put
        // off for long.
        int inLine = queue.waiting() - queue.waitingForRetry() + held.notBegun() * SliceLayout.IMAGES;
        int missing = 2 * queue.maxInFlight() + CLAIM_AHEAD - inLine;
        if (missing > 0) {
            // A job of which so much waits takes no more than half of the places, the next one half of what is left.
            List<JobId> greedy = othersHeld < places ? List.of() : queue.jobsWithMoreThan(places * SliceLayout.IMAGES);
            return new Wanted(first, Math.min(places, Math.ceilDiv(missing, SliceLayout.IMAGES)), greedy);
        }
        if (queue.hasCapacity() && held.notBegun() == 0) {
            return new Wanted(first, Math.min(places, WHEN_HUNGRY), queue.jobsWithMoreThan(MOST_OF_A_STUCK_JOB));
        }
        return new Wanted(first, 0, List.of());
    }
}
