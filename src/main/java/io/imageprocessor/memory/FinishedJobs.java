package io.imageprocessor.memory;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/**
 * Decides in which order finished jobs are removed. Not thread-safe; {@link RetainedJobs} calls it under its lock.
 *
 * <p>Light jobs that have just finished go last: their clients are about to read them, and removing a thousand of them
 * makes less room than removing a heavy one.
 */
@RequiredArgsConstructor
final class FinishedJobs {

    /** How long a light job is protected from heavy ones. */
    static final Duration PROTECTION = Duration.ofMinutes(1);

    /** @param number counts the finished jobs */
    private record Finished(JobProgress job, Instant at, long number) {

        JobId id() {
            return job.job().id();
        }
    }

    private final HeapBudget budget;

    /** Oldest first, like {@link #heavy}. */
    private final Deque<Finished> light = new ArrayDeque<>();

    private final Deque<Finished> heavy = new ArrayDeque<>();
    private long lastNumber;

    void add(JobProgress job) {
        boolean isLight = budget.isLight(job.job().heap().bytes());
        (isLight ? light : heavy).addLast(new Finished(job, job.finishedAt().orElseThrow(), ++lastNumber));
    }

    int size() {
        return light.size() + heavy.size();
    }

    /** Removes and returns the oldest job; null if there is none. */
    @Nullable
    JobProgress pollOldest() {
        return poll(oldest());
    }

    /** Removes and returns the oldest job if it finished at this time or before; null if it did not. */
    @Nullable
    JobProgress pollOldest(Instant latest) {
        Deque<Finished> queue = oldest();
        return queue.isEmpty() || queue.getFirst().at().isAfter(latest) ? null : poll(queue);
    }

    /**
     * Returns whether the jobs that {@link #pollToEvict} would return have so many bytes. Takes time for each of them
     * only if they have not.
     */
    boolean canEvict(long bytes, boolean forLightJob, @Nullable JobId spared, Instant now) {
        long sum = 0;
        Iterator<Finished> candidates = Stream.concat(
                        heavy.stream(), light.stream().takeWhile(finished -> forLightJob || isOld(finished, now)))
                .filter(finished -> !finished.id().equals(spared))
                .iterator();
        while (sum < bytes && candidates.hasNext()) {
            sum += candidates.next().job().job().heap().bytes();
        }
        return sum >= bytes;
    }

    /** Returns whether a light job is not protected from heavy ones any more. */
    private static boolean isOld(Finished finished, Instant now) {
        return !finished.at().isAfter(now.minus(PROTECTION));
    }

    /**
     * Removes and returns the job to evict: the oldest one, but light jobs that have just finished after all others,
     * and only for light jobs. Null if there is none.
     *
     * @param spared a job that must stay; null if there is none
     */
    @Nullable
    JobProgress pollToEvict(boolean forLightJob, @Nullable JobId spared, Instant now) {
        Finished oldestLight = first(light, spared);
        Finished oldestHeavy = first(heavy, spared);
        boolean isOld = oldestLight != null && isOld(oldestLight, now);
        if (oldestLight != null && oldestHeavy == null) {
            return isOld || forLightJob ? remove(light, oldestLight) : null;
        }
        if (oldestLight != null && oldestHeavy != null && isOld && oldestLight.number() < oldestHeavy.number()) {
            return remove(light, oldestLight);
        }
        return oldestHeavy == null ? null : remove(heavy, oldestHeavy);
    }

    private static @Nullable Finished first(Deque<Finished> queue, @Nullable JobId spared) {
        for (Finished finished : queue) {
            if (!finished.id().equals(spared)) {
                return finished;
            }
        }
        return null;
    }

    /** Takes constant time, since only a spared job can be before this one. */
    private static JobProgress remove(Deque<Finished> queue, Finished finished) {
        queue.removeFirstOccurrence(finished);
        return finished.job();
    }

    private Deque<Finished> oldest() {
        if (light.isEmpty() || heavy.isEmpty()) {
            return light.isEmpty() ? heavy : light;
        }
        return light.getFirst().number() < heavy.getFirst().number() ? light : heavy;
    }

    private static @Nullable JobProgress poll(Deque<Finished> queue) {
        return Optional.ofNullable(queue.pollFirst()).map(Finished::job).orElse(null);
    }
}
