package io.imageprocessor.queue;

import io.imageprocessor.job.JobId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What there is to do of one job: the batches of its images that came here. Guarded by the lock of
 * {@link FairJobQueue}.
 */
final class QueuedJob {

    final JobId id;

    /** Those that are not worked through. */
    final Set<ImageBatch> batches = new LinkedHashSet<>();

    /** Lines whose next image may be taken, as far as is known; they are served in turn. */
    final Deque<HostQueue> startable = new ArrayDeque<>();

    /** Whether the job stands among those that have an image to start; it does while it has a startable line. */
    boolean inTurn;

    /** Images that were taken and are neither on the GPU nor over. */
    int underWay;

    /** Images that were taken and are not over. */
    final InFlightExecutions passages = new InFlightExecutions();

    QueuedJob(JobId id) {
        this.id = id;
    }

    /** Images that wait to be started or tried again. */
    int waiting() {
        return batches.stream().mapToInt(ImageBatch::waiting).sum();
    }
}
