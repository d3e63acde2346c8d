package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.queue.FairJobQueue;
import java.util.List;
import java.util.function.IntSupplier;
import lombok.RequiredArgsConstructor;

/** Decides how many slices this replica may claim now. Thread-safe. */
@RequiredArgsConstructor
final class ClaimPolicy {

    /**
     * Maximum number of leases on first slices; other work does not reduce it. db-scheduler writes the heartbeat of
     * each lease separately, and releases each lease of a dead replica separately. All of them, with
     * {@link #MAX_OTHER_SLICES}, must be written within one heartbeat interval. A write may take 3 ms on a network
     * disk.
     */
    static final int MAX_FIRST_SLICES = 800;

    /**
     * Small jobs are claimed as they are saved only below this number of leases on first slices. Polls fill up the rest
     * in the order of the jobs, so below this number no older job waits in the table.
     */
    static final int MAX_CLAIMED_UNPOLLED = MAX_FIRST_SLICES / 2;

    /** Maximum number of leases on other slices: 102,400 images, whose URLs take about 16 MB. */
    static final int MAX_OTHER_SLICES = 400;

    /**
     * Images to keep waiting, beyond twice the images that may be in flight: those that start while slices are claimed
     * and read, at 20,000 per second for 25 ms.
     */
    private static final int PREFETCHED_IMAGES = 512;

    /** Slices of other jobs to claim at once when enough images wait, but all for busy or dead hosts. */
    private static final int SLICES_BESIDE_BUSY_HOSTS = 2;

    /** A job with more waiting images gets no further slices then: its hosts are busy or dead. */
    private static final int MAX_WAITING_OF_A_BLOCKED_JOB = 16 * SliceLayout.IMAGES_PER_SLICE;

    /** With more changes waiting to be written, the database is the bottleneck, and nothing is claimed. */
    private static final int MAX_UNCOMMITTED = 20_000;

    private final FairJobQueue queue;
    private final SliceLeases leases;

    /** Returns the number of changes that wait to be written. */
    private final IntSupplier uncommitted;

    /**
     * How many slices to claim at most.
     *
     * @param first first slices of jobs
     * @param others other slices
     * @param postponedJobs jobs whose slices are not claimed, because there is no memory for them
     * @param excludedJobs further jobs whose other slices are not claimed
     */
    record Limits(int first, int others, List<JobId> postponedJobs, List<JobId> excludedJobs) {

        static final Limits ZERO = new Limits(0, 0, List.of(), List.of());

        boolean isZero() {
            return first + others == 0;
        }
    }

    /** Returns whether enough images wait in the queue of this replica, beside those that wait for a retry. */
    static boolean hasEnough(FairJobQueue queue) {
        return queue.waiting() - queue.waitingForRetry() >= wanted(queue);
    }

    private static int wanted(FairJobQueue queue) {
        return 2 * queue.maxInFlight() + PREFETCHED_IMAGES;
    }

    Limits limits() {
        if (leases.isClosed() || uncommitted.getAsInt() > MAX_UNCOMMITTED) {
            return Limits.ZERO;
        }
        List<JobId> postponed = leases.memory().postponedJobs();
        int firstLeases = leases.first();
        int otherLeases = leases.size() - firstLeases;
        int first = Math.max(0, MAX_FIRST_SLICES - firstLeases);
        // First slices have a limit of their own, so small jobs for dead hosts do not reduce this one.
        int free = Math.max(0, MAX_OTHER_SLICES - otherLeases);
        // Images that wait for a retry do not count: a dead host's images fail as fast as they come.
        int waiting = queue.waiting() - queue.waitingForRetry() + leases.opening() * SliceLayout.IMAGES_PER_SLICE;
        int missing = wanted(queue) - waiting;
        if (missing > 0) {
            // Excludes a job that fills more than the free part: a job gets half of the slices, the next half of the
            // rest.
            List<JobId> excluded =
                    otherLeases < free ? List.of() : queue.jobsWithMoreThan(free * SliceLayout.IMAGES_PER_SLICE);
            int others = Math.min(free, Math.ceilDiv(missing, SliceLayout.IMAGES_PER_SLICE));
            return new Limits(first, others, postponed, excluded);
        }
        if (queue.hasCapacity() && leases.opening() == 0) {
            return new Limits(
                    first,
                    Math.min(free, SLICES_BESIDE_BUSY_HOSTS),
                    postponed,
                    queue.jobsWithMoreThan(MAX_WAITING_OF_A_BLOCKED_JOB));
        }
        return new Limits(first, 0, postponed, List.of());
    }
}
