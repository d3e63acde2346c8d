package io.imageprocessor.queue;

import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Visit;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Images of one job that were queued together, in one queue per host: all images of the job, or a slice of it. Images
 * are identified by their index in the job; their offset is the distance from the first image of the batch. Guarded by
 * the lock of {@link FairJobQueue}.
 */
final class ImageBatch {

    /** The host of an invalid URL, whose image fails without a download. */
    private static final String NO_HOST = "";

    /** Created with the batch; replaced when the scheduler knows the job already. */
    QueuedJob job;

    /** One queue per host. */
    final Collection<HostQueue> hostQueues;

    int unfinishedQueues;

    /** Whether the waiting images were removed, so that no image of the batch may wait again. */
    boolean withdrawn;

    /** The trace of the job; null if there is none. */
    @Nullable
    JobTrace trace;

    /** The {@link System#nanoTime()} at which the batch was queued. */
    long queuedAt;

    private final int firstImage;
    private final IntFunction<String> urls;

    /** The links of {@link IndexQueue}, by offset. */
    private final int[] next;

    /**
     * By offset: attempts so far, the {@link System#nanoTime()} of the first one, and the tick of the retry relative to
     * that of {@link #queuedAt}. Empty until an image of the batch is retried.
     */
    private int[] attempts = {};

    private long[] firstAttempts = {};
    private int[] dueTicks = {};

    /**
     * @param size number of images from the first to the last one, wanted or not
     * @param urls by offset
     * @param wanted offsets of the images to process
     * @param addHostQueue called once for each host of these images
     */
    ImageBatch(
            JobId jobId,
            int firstImage,
            int size,
            IntFunction<String> urls,
            BitSet wanted,
            Function<String, Host> addHostQueue) {
        this.job = new QueuedJob(jobId);
        this.firstImage = firstImage;
        this.urls = urls;
        this.next = new int[size];
        Map<String, HostQueue> byHost = new HashMap<>();
        for (int offset = wanted.nextSetBit(0); offset >= 0; offset = wanted.nextSetBit(offset + 1)) {
            byHost.computeIfAbsent(
                            ImageProbe.hostOf(urls.apply(offset)).orElse(NO_HOST),
                            name -> new HostQueue(this, addHostQueue.apply(name)))
                    .add(firstImage + offset);
        }
        this.hostQueues = List.copyOf(byHost.values());
        this.unfinishedQueues = hostQueues.size();
    }

    /** Creates the batch of all images of a job whose store is known. */
    static ImageBatch of(Job job, Function<String, Host> addHostQueue) {
        BitSet downloadable = new BitSet(job.imageCount());
        for (Visit visit : job.visits()) {
            downloadable.set(visit.firstImage(), visit.endImage(), visit.store().isPresent());
        }
        ImageBatch batch = new ImageBatch(job.id(), 0, job.imageCount(), job::url, downloadable, addHostQueue);
        batch.trace = JobTrace.of(job);
        return batch;
    }

    /** Creates an empty queue for images of this batch. */
    IndexQueue newIndexQueue() {
        return new IndexQueue(next, firstImage);
    }

    String url(int index) {
        return urls.apply(index - firstImage);
    }

    /** Images that wait to be started or retried. */
    int waiting() {
        return hostQueues.stream().mapToInt(HostQueue::waiting).sum();
    }

    /**
     * Remembers what the next attempt at an image needs to know.
     *
     * @param attemptsSoFar the next attempt is numbered after them
     * @param firstAttempt the {@link System#nanoTime()} at which the first one began
     * @param tick at which the retry is due
     */
    void rememberRetry(int index, int attemptsSoFar, long firstAttempt, long tick) {
        if (attempts.length == 0) {
            attempts = new int[next.length];
            firstAttempts = new long[next.length];
            dueTicks = new int[next.length];
        }
        attempts[index - firstImage] = attemptsSoFar;
        firstAttempts[index - firstImage] = firstAttempt;
        dueTicks[index - firstImage] = (int) (tick - RetryWheel.tickFrom(queuedAt));
    }

    /** Attempts at an image that is retried. */
    int attemptsAt(int index) {
        return attempts[index - firstImage];
    }

    /** The {@link System#nanoTime()} at which the retry of an image was due. */
    long dueAt(int index) {
        return RetryWheel.nanoTimeOf(RetryWheel.tickFrom(queuedAt) + dueTicks[index - firstImage]);
    }

    /** The {@link System#nanoTime()} at which the first attempt at an image that is retried began. */
    long firstAttemptAt(int index) {
        return firstAttempts[index - firstImage];
    }
}
