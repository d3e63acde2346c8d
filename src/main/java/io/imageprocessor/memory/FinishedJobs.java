package io.imageprocessor.memory;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
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

    /**
     * A finished job.
     *
     * @param bytes what its removal releases; later retries of it add a few bytes that are not counted
     * @param number counts the finished jobs
     */
    private record Finished(JobProgress job, Instant at, long bytes, long number) {

        JobId id() {
            return job.job().id();
        }
    }

    private final HeapBudget budget;
    private final FinishedQueue heavy = new FinishedQueue();

    /** Light jobs that may be removed for heavy ones. */
    private final FinishedQueue light = new FinishedQueue();

    /** Light jobs that have just finished, after those of {@link #light}. */
    private final FinishedQueue protectedLight = new FinishedQueue();

    private long lastNumber;

    void add(JobProgress job) {
        long bytes = job.job().heap().bytes();
        (budget.isLight(bytes) ? protectedLight : heavy)
                .add(new Finished(job, job.finishedAt().orElseThrow(), bytes, ++lastNumber));
    }

    int size() {
        return heavy.size() + light.size() + protectedLight.size();
    }

    /** Removes and returns the oldest job; null if there is none. */
    @Nullable
    JobProgress pollOldest() {
        return oldest().poll().map(Finished::job).orElse(null);
    }

    /** Removes and returns the oldest job if it finished at this time or before; null if it did not. */
    @Nullable
    JobProgress pollOldest(Instant latest) {
        Finished oldest = oldest().first();
        return oldest == null || oldest.at().isAfter(latest) ? null : pollOldest();
    }

    private FinishedQueue oldest() {
        return heavy.older(light.older(protectedLight));
    }

    /**
     * Returns whether the jobs that {@link #pollToEvict} would return have so many bytes. Takes no time for each of
     * them, because submissions may be rejected often; only if a job is spared, that one is searched.
     */
    boolean canEvict(long bytes, boolean forLightJob, @Nullable JobId spared, Instant now) {
        endProtection(now);
        List<FinishedQueue> candidates = forLightJob ? List.of(heavy, light, protectedLight) : List.of(heavy, light);
        long sum = candidates.stream().mapToLong(FinishedQueue::bytes).sum();
        if (sum >= bytes && spared != null) {
            sum -= candidates.stream().mapToLong(queue -> queue.bytesOf(spared)).sum();
        }
        return sum >= bytes;
    }

    /**
     * Removes and returns the job to evict: the oldest one, but light jobs that have just finished after all others,
     * and only for light jobs. Null if there is none.
     *
     * @param spared a job that must stay; null if there is none
     */
    @Nullable
    JobProgress pollToEvict(boolean forLightJob, @Nullable JobId spared, Instant now) {
        endProtection(now);
        Finished oldestHeavy = heavy.first(spared);
        Finished oldestLight = light.first(spared);
        if (oldestLight != null && (oldestHeavy == null || oldestLight.number() < oldestHeavy.number())) {
            return light.remove(oldestLight);
        }
        if (oldestHeavy != null) {
            return heavy.remove(oldestHeavy);
        }
        Finished oldestProtected = forLightJob ? protectedLight.first(spared) : null;
        return oldestProtected == null ? null : protectedLight.remove(oldestProtected);
    }

    /** Moves the light jobs whose protection is over. */
    private void endProtection(Instant now) {
        Instant latest = now.minus(PROTECTION);
        Finished oldest = protectedLight.first();
        while (oldest != null && !oldest.at().isAfter(latest)) {
            protectedLight.poll().ifPresent(light::add);
            oldest = protectedLight.first();
        }
    }

    /** Finished jobs, oldest first, and the sum of their bytes. */
    private static final class FinishedQueue {

        private final Deque<Finished> jobs = new ArrayDeque<>();
        private long bytes;

        void add(Finished finished) {
            jobs.addLast(finished);
            bytes += finished.bytes();
        }

        int size() {
            return jobs.size();
        }

        long bytes() {
            return bytes;
        }

        /** Returns the bytes of a job; 0 if it is not in this queue. */
        long bytesOf(JobId id) {
            return jobs.stream()
                    .filter(finished -> finished.id().equals(id))
                    .mapToLong(Finished::bytes)
                    .sum();
        }

        /** Returns the queue whose first job is older; one that is not empty, if there is one. */
        FinishedQueue older(FinishedQueue other) {
            Finished mine = first();
            Finished others = other.first();
            return others == null || (mine != null && mine.number() < others.number()) ? this : other;
        }

        /** Returns the oldest job; null if there is none. */
        @Nullable
        Finished first() {
            return jobs.peekFirst();
        }

        /** Returns the oldest job but this one; null if there is none. */
        @Nullable
        Finished first(@Nullable JobId spared) {
            for (Finished finished : jobs) {
                if (!finished.id().equals(spared)) {
                    return finished;
                }
            }
            return null;
        }

        Optional<Finished> poll() {
            Optional<Finished> oldest = Optional.ofNullable(jobs.pollFirst());
            oldest.ifPresent(finished -> bytes -= finished.bytes());
            return oldest;
        }

        /** Takes constant time, since only a spared job can be before this one. */
        JobProgress remove(Finished finished) {
            if (jobs.removeFirstOccurrence(finished)) {
                bytes -= finished.bytes();
            }
            return finished.job();
        }
    }
}
