package io.imageprocessor.work;

import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.Visit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The waiting images of one job, a line for each host. Guarded by the lock of {@link FairJobQueue}. */
final class JobLine {

    /** Stands for the host of what is no URL: its images fail without a download. */
    private static final String NO_HOST = "";

    final Job job;

    /** One for each host. */
    final List<HostLine> lines = new ArrayList<>();

    /** Lines that are not worked through. */
    int unfinishedLines;

    /** Lines whose next image may be taken, as far as is known; they are served in turn. */
    final Deque<HostLine> startable = new ArrayDeque<>();

    /** For the index of an image, that of the next one in its chain. */
    private final int[] next;

    /** By the index of an image: how often it was tried, and when for the first time. Empty until one is tried again. */
    private int[] attempts = {};

    private long[] firstAttempts = {};

    /** Whether the job stands among those that have an image to start; it does while it has a startable line. */
    boolean inTurn;

    /** Images that were taken and are neither on the GPU nor over. */
    int underWay;

    /** Images that were taken and are not over. */
    final Passages passages = new Passages();

    /** Whether the job was cancelled: none of its images waits any more. */
    boolean cancelled;

    private JobLine(Job job) {
        this.job = job;
        this.next = new int[job.imageCount()];
    }

    /**
     * Lines up the downloadable images of a job.
     *
     * @param hostOfName asked once for each host of the job
     */
    static JobLine of(Job job, Function<String, Host> hostOfName) {
        JobLine jobLine = new JobLine(job);
        Map<String, HostLine> lines = new HashMap<>();
        for (Visit visit : job.visits()) {
            if (visit.store().isEmpty()) {
                continue;
            }
            int end = visit.firstImage() + visit.imageCount();
            for (int index = visit.firstImage(); index < end; index++) {
                lines.computeIfAbsent(
                                ImageProbe.hostOf(job.url(index)).orElse(NO_HOST),
                                name -> new HostLine(jobLine, hostOfName.apply(name)))
                        .append(index);
            }
        }
        jobLine.lines.addAll(lines.values());
        jobLine.unfinishedLines = lines.size();
        jobLine.startable.addAll(lines.values());
        return jobLine;
    }

    /** An empty chain for images of this job. */
    ImageChain newChain() {
        return new ImageChain(next);
    }

    /**
     * Remembers what an image that is to be tried again has behind it.
     *
     * @param triedSoFar attempts
     * @param firstAttempt when the first one began, as {@link System#nanoTime()} told
     */
    void remember(int index, int triedSoFar, long firstAttempt) {
        if (attempts.length == 0) {
            attempts = new int[next.length];
            firstAttempts = new long[next.length];
        }
        attempts[index] = triedSoFar;
        firstAttempts[index] = firstAttempt;
    }

    /** How often the image was tried; it has to be remembered. */
    int attemptsAt(int index) {
        return attempts[index];
    }

    /** When the first attempt at the image began, as {@link System#nanoTime()} told; it has to be remembered. */
    long firstAttemptAt(int index) {
        return firstAttempts[index];
    }
}
