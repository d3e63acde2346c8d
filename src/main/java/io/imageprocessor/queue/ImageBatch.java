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
 * Images of one job that came together, a line for each host: all of the job, or a part of it, of which others may come
 * before this one is worked through. Images are known by their index in the job. Guarded by the lock of
 * {@link FairJobQueue}.
 */
final class ImageBatch {

    /** Stands for the host of what is no URL: its images fail without a download. */
    private static final String NO_HOST = "";

    /** The job's line: one of its own, until it joins the one that is there. */
    QueuedJob job;

    /** One for each host. */
    final Collection<HostQueue> lines;

    /** Lines that are not worked through. */
    int unfinishedLines;

    /** Whether its images are not wanted any more: none of them waits. */
    boolean forgotten;

    /** The trace that the job belongs to; null if it is none. */
    @Nullable
    JobTrace trace;

    /** When they came, as {@link System#nanoTime()} told. */
    long joinedAt;

    private final int firstImage;
    private final IntFunction<String> urls;

    /** For the place of an image, that of the next one in its chain. */
    private final int[] next;

    /**
     * By the place of an image: how often it was tried, when for the first time, and, in ticks of {@link RetryWheel}
     * since these images came, when it is due again. Empty until one is tried again.
     */
    private int[] attempts = {};

    private long[] firstAttempts = {};
    private int[] dueTicks = {};

    /**
     * @param size how many images there are from the first to the last one, wanted or not
     * @param urls by the place of an image, which is its distance from the first one
     * @param wanted places of the images that are to be worked on
     * @param hostOfName asked once for each of their hosts
     */
    ImageBatch(
            JobId jobId,
            int firstImage,
            int size,
            IntFunction<String> urls,
            BitSet wanted,
            Function<String, Host> hostOfName) {
        this.job = new QueuedJob(jobId);
        this.firstImage = firstImage;
        this.urls = urls;
        this.next = new int[size];
        Map<String, HostQueue> byHost = new HashMap<>();
        for (int place = wanted.nextSetBit(0); place >= 0; place = wanted.nextSetBit(place + 1)) {
            byHost.computeIfAbsent(
                            ImageProbe.hostOf(urls.apply(place)).orElse(NO_HOST),
                            name -> new HostQueue(this, hostOfName.apply(name)))
                    .append(firstImage + place);
        }
        this.lines = List.copyOf(byHost.values());
        this.unfinishedLines = lines.size();
    }

    /** The downloadable images of a job. */
    static ImageBatch of(Job job, Function<String, Host> hostOfName) {
        BitSet downloadable = new BitSet(job.imageCount());
        for (Visit visit : job.visits()) {
            downloadable.set(visit.firstImage(), visit.endImage(), visit.store().isPresent());
        }
        ImageBatch batch = new ImageBatch(job.id(), 0, job.imageCount(), job::url, downloadable, hostOfName);
        batch.trace = JobTrace.of(job);
        return batch;
    }

    /** An empty chain for images of this batch. */
    IndexQueue newChain() {
        return new IndexQueue(next, firstImage);
    }

    String url(int index) {
        return urls.apply(index - firstImage);
    }

    /** Images that wait to be started or tried again. */
    int waiting() {
        return lines.stream().mapToInt(HostQueue::waiting).sum();
    }

    /**
     * Remembers what an image that is to be tried again has behind it.
     *
     * @param triedSoFar attempts
     * @param firstAttempt when the first one began, as {@link System#nanoTime()} told
     * @param tick at which it is due to be tried again
     */
    void remember(int index, int triedSoFar, long firstAttempt, long tick) {
        if (attempts.length == 0) {
            attempts = new int[next.length];
            firstAttempts = new long[next.length];
            dueTicks = new int[next.length];
        }
        attempts[index - firstImage] = triedSoFar;
        firstAttempts[index - firstImage] = firstAttempt;
        dueTicks[index - firstImage] = (int) (tick - RetryWheel.tickFrom(joinedAt));
    }

    /** How often the image was tried; it has to be remembered. */
    int attemptsAt(int index) {
        return attempts[index - firstImage];
    }

    /** When the image was due to be tried again, as {@link System#nanoTime()} tells; it has to be remembered. */
    long dueAt(int index) {
        return RetryWheel.nanoTimeOf(RetryWheel.tickFrom(joinedAt) + dueTicks[index - firstImage]);
    }

    /** When the first attempt at the image began, as {@link System#nanoTime()} told; it has to be remembered. */
    long firstAttemptAt(int index) {
        return firstAttempts[index - firstImage];
    }
}
