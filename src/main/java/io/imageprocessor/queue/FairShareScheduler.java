package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Picks the next image: from the job with the fewest images in flight, and within the job from its hosts in turn. So
 * every job gets the same share of the downloads, however long each takes, and others use the share that a job cannot
 * use.
 *
 * <p>A {@link HostQueue} whose host has reached its limit is blocked at that host, and resumes when a download from the
 * host ends. So every step takes constant time, however many jobs wait for however many hosts. {@link HostLimits} sets
 * the limits. Guarded by the lock of {@link FairJobQueue}.
 */
final class FairShareScheduler {

    /** A picked image, and the queue it was taken from. */
    record Taken(HostQueue hostQueue, ImageTask task) {}

    private final HostLimits hosts;

    /** Jobs that are neither finished nor cancelled. */
    private final Map<JobId, QueuedJob> jobs = new HashMap<>();

    /** Jobs with a ready host queue. */
    private final LeastInFlightQueue readyJobs = new LeastInFlightQueue();

    FairShareScheduler(HostLimits hosts) {
        this.hosts = hosts;
    }

    /**
     * Adds images of a job, if there are any. The job stays here until all its images are finished, or it is cancelled.
     * It has one share, however many batches it has.
     */
    void add(ImageBatch batch) {
        if (batch.unfinishedQueues > 0) {
            QueuedJob known = jobs.putIfAbsent(batch.job.id, batch.job);
            if (known != null) {
                batch.job = known;
            }
            batch.job.batches.add(batch);
            batch.job.ready.addAll(batch.hostQueues);
            addIfReady(batch.job);
        }
    }

    @Nullable
    QueuedJob find(JobId id) {
        return jobs.get(id);
    }

    /**
     * Removes a job and its waiting images. Its running images count as before until they end.
     *
     * @return how many images were removed
     */
    int cancel(QueuedJob job) {
        jobs.remove(job.id);
        return withdraw(job, List.copyOf(job.batches));
    }

    /**
     * Removes the waiting images of a batch, unless they are removed already.
     *
     * @return how many images were removed
     */
    int withdraw(ImageBatch batch) {
        return batch.withdrawn ? 0 : withdraw(batch.job, List.of(batch));
    }

    private int withdraw(QueuedJob job, List<ImageBatch> batches) {
        batches.forEach(batch -> batch.withdrawn = true);
        int removed = batches.stream()
                .flatMap(batch -> batch.hostQueues.stream())
                .filter(hostQueue -> !hostQueue.isFinished())
                .mapToInt(this::removeWaiting)
                .sum();
        job.ready.removeIf(hostQueue -> hostQueue.batch.withdrawn);
        if (job.ready.isEmpty()) {
            readyJobs.remove(job);
        }
        return removed;
    }

    private int removeWaiting(HostQueue hostQueue) {
        Host host = hostQueue.host;
        host.blocked.remove(hostQueue);
        int removed = hostQueue.removeWaiting();
        removeIfFinished(hostQueue);
        if (hostQueue.resumed) {
            // It resumed for a free permit, which another queue can use now.
            resumeLongestBlocked(host, 1);
        }
        return removed;
    }

    private void addIfReady(QueuedJob job) {
        if (!job.ready.isEmpty()) {
            readyJobs.add(job);
        }
    }

    /**
     * Takes the next image; null if none may start now. The image counts as a download from its host until
     * {@link #downloadEnded}, as in flight until {@link #leftFlight}, and as unfinished until {@link #finish}.
     */
    @Nullable
    Taken take() {
        for (QueuedJob job = readyJobs.pollFirst(); job != null; job = readyJobs.pollFirst()) {
            HostQueue hostQueue = nextBelowLimit(job);
            if (hostQueue != null) {
                ImageTask task = hostQueue.take();
                hostQueue.host.downloads++;
                readyJobs.changeInFlight(job, 1);
                if (hostQueue.hasReady()) {
                    job.ready.addLast(hostQueue);
                }
                addIfReady(job);
                return new Taken(hostQueue, task);
            }
        }
        return null;
    }

    /** Returns the job's next queue whose host is below its limit; blocks the queues before it at their hosts. */
    private @Nullable HostQueue nextBelowLimit(QueuedJob job) {
        for (HostQueue hostQueue = job.ready.pollFirst(); hostQueue != null; hostQueue = job.ready.pollFirst()) {
            hostQueue.resumed = false;
            if (!hostQueue.host.isAtLimit()) {
                return hostQueue;
            }
            hostQueue.host.blocked.addLast(hostQueue);
        }
        return null;
    }

    /** Ends a download: updates the host's limit, and resumes one blocked queue per permit that became free. */
    void downloadEnded(Host host, Contact contact) {
        host.downloads--;
        boolean raised = hosts.update(host, contact);
        resumeLongestBlocked(host, raised ? 2 : 1);
    }

    private void resumeLongestBlocked(Host host, int most) {
        int count = Math.min(Math.min(most, host.freePermits()), host.blocked.size());
        for (int left = count; left > 0; left--) {
            HostQueue longestBlocked = host.blocked.removeFirst();
            longestBlocked.resumed = true;
            longestBlocked.batch.job.ready.addFirst(longestBlocked);
            addIfReady(longestBlocked.batch.job);
        }
    }

    /** An image of the job holds a GPU slot, or ended before: it no longer counts as in flight. */
    void leftFlight(QueuedJob job) {
        readyJobs.changeInFlight(job, -1);
    }

    /** Makes an image that was taken, and not started, the first of its queue again. */
    void requeue(HostQueue hostQueue, ImageTask task) {
        boolean known = hostQueue.hasReady();
        hostQueue.requeue(task);
        addUnlessKnown(hostQueue, known);
    }

    /** Makes images ready whose retry is due. */
    void retryDue(HostQueue hostQueue, IndexQueue images) {
        boolean known = hostQueue.hasReady();
        hostQueue.retryDue(images);
        addUnlessKnown(hostQueue, known);
    }

    /** @param known whether the queue had ready images before, so that its job or its host has it already */
    private void addUnlessKnown(HostQueue hostQueue, boolean known) {
        if (!known) {
            hostQueue.batch.job.ready.addLast(hostQueue);
            addIfReady(hostQueue.batch.job);
        }
    }

    /** Counts an image that was taken as finished. */
    void finish(HostQueue hostQueue) {
        hostQueue.finish();
        removeIfFinished(hostQueue);
    }

    private void removeIfFinished(HostQueue hostQueue) {
        if (!hostQueue.isFinished()) {
            return;
        }
        hosts.removeQueue(hostQueue.host);
        ImageBatch batch = hostQueue.batch;
        if (--batch.unfinishedQueues == 0) {
            batch.job.batches.remove(batch);
            if (batch.job.batches.isEmpty()) {
                jobs.remove(batch.job.id, batch.job);
            }
        }
    }

    List<JobId> jobsWithMoreThan(int waitingImages) {
        return jobs.values().stream()
                .filter(job -> job.waiting() > waitingImages)
                .map(job -> job.id)
                .toList();
    }

    boolean isEmpty() {
        return jobs.isEmpty() && hosts.isEmpty();
    }
}
