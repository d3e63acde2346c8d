package io.imageprocessor.memory;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Holds the jobs of this process in its heap, within two limits. A finished job is removed when its retention is over.
 * The oldest finished jobs are removed earlier when all finished jobs together have too many images. The job that
 * finished last always stays, so that its client can read the result. Thread-safe.
 */
@RequiredArgsConstructor
class RetainedJobs {

    private final JobSettings settings;
    private final Clock clock;

    private final Map<JobId, JobProgress> jobs = new ConcurrentHashMap<>();
    private final NavigableMap<JobId, JobProgress> newestFirst =
            new ConcurrentSkipListMap<>(Comparator.comparingLong(JobId::value).reversed());

    /** Finished jobs, oldest first; guarded by itself, like {@link #finishedWeight}. */
    private final Deque<JobProgress> finished = new ArrayDeque<>();

    private long finishedWeight;

    void add(JobProgress job) {
        jobs.put(job.job().id(), job);
        newestFirst.put(job.job().id(), job);
    }

    void remove(JobId id) {
        jobs.remove(id);
        newestFirst.remove(id);
    }

    /** Returns the job, even if its retention is over and it was not removed yet; null if there is none. */
    @Nullable
    JobProgress get(JobId id) {
        return jobs.get(id);
    }

    /** Returns the job, or empty if there is none or its retention is over. */
    Optional<JobProgress> find(JobId id) {
        removeExpired();
        return Optional.ofNullable(jobs.get(id));
    }

    /** Returns all jobs whose retention is not over, in no order. */
    Collection<JobProgress> all() {
        removeExpired();
        return jobs.values();
    }

    /**
     * Returns the jobs whose retention is not over, newest first.
     *
     * @param before only jobs with a smaller id; null for all
     */
    Collection<JobProgress> newestFirst(@Nullable JobId before) {
        removeExpired();
        return (before == null ? newestFirst : newestFirst.tailMap(before, false)).values();
    }

    /** Begins the retention of a job that has finished, and removes older ones if there are too many images. */
    void finish(JobProgress job) {
        JobLog.ended(job.status());
        synchronized (finished) {
            finished.addLast(job);
            finishedWeight += job.job().weight();
            while (finishedWeight > settings.maxRetainedImages() && finished.size() > 1) {
                removeOldest();
            }
        }
    }

    /** Removes finished jobs whose retention is over; also periodically, in case nobody reads any job. */
    @Scheduled(fixedDelayString = "PT1M")
    void removeExpired() {
        Instant newestToRemove = clock.instant().minus(settings.retention());
        synchronized (finished) {
            while (!finished.isEmpty() && !finishedAt(finished.getFirst()).isAfter(newestToRemove)) {
                removeOldest();
            }
        }
    }

    private void removeOldest() {
        Job job = finished.removeFirst().job();
        finishedWeight -= job.weight();
        remove(job.id());
    }

    private static Instant finishedAt(JobProgress job) {
        return job.finishedAt().orElseThrow();
    }
}
