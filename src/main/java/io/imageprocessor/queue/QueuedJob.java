package io.imageprocessor.queue;

import io.imageprocessor.job.JobId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** The queued and running images of one job. Guarded by the lock of {@link FairJobQueue}. */
final class QueuedJob {

    final JobId id;

    /** The batches that are not finished. */
    final Set<ImageBatch> batches = new LinkedHashSet<>();

    /** Queues with ready images that are not blocked at their host; served in turn. */
    final Deque<HostQueue> ready = new ArrayDeque<>();

    /** Whether the job is in the {@link LeastInFlightQueue}, as it is while it has a ready queue. */
    boolean isQueued;

    /** Images that hold a download permit. */
    int inFlight;

    final RunningExecutions executions = new RunningExecutions();

    QueuedJob(JobId id) {
        this.id = id;
    }

    /** Images that wait to be started or retried. */
    int waiting() {
        return batches.stream().mapToInt(ImageBatch::waiting).sum();
    }
}
