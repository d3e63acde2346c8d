package io.imageprocessor.memory;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Holds the jobs of this process in its heap, and their bytes in the {@link HeapBudget}. A finished job is removed when
 * its retention is over, and earlier for two reasons: all finished jobs together have too many images, where the job
 * that finished last stays, or a new job needs the memory. Thread-safe.
 */
class RetainedJobs {

    private final JobSettings settings;
    private final Clock clock;

    private final Map<JobId, JobProgress> jobs = new ConcurrentHashMap<>();
    private final NavigableMap<JobId, JobProgress> newestFirst =
            new ConcurrentSkipListMap<>(Comparator.comparingLong(JobId::value).reversed());

    /** Guarded by itself, like {@link #finishedWeight}. */
    private final FinishedJobs finished;

    private long finishedWeight;

    RetainedJobs(JobSettings settings, HeapBudget budget, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.finished = new FinishedJobs(budget);
        budget.evictWith(this::evict);
    }

    /** Adds a job, and takes over its bytes. */
    void add(JobProgress job) {
        job.job().heap().keep();
        jobs.put(job.job().id(), job);
        newestFirst.put(job.job().id(), job);
    }

    /** Removes a job, and releases its bytes. */
    void remove(JobId id) {
        newestFirst.remove(id);
        JobProgress removed = jobs.remove(id);
        if (removed != null) {
            removed.job().heap().close();
        }
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
        job.job().heap().jobFinished();
        synchronized (finished) {
            finished.add(job);
            finishedWeight += job.job().weight();
            while (finishedWeight > settings.maxRetainedImages() && finished.size() > 1) {
                removed(finished.pollOldest());
            }
        }
    }

    /** Removes finished jobs whose retention is over; also periodically, in case nobody reads any job. */
    @Scheduled(fixedDelayString = "PT1M")
    void removeExpired() {
        Instant newestToRemove = clock.instant().minus(settings.retention());
        synchronized (finished) {
            boolean more = true;
            while (more) {
                more = removed(finished.pollOldest(newestToRemove));
            }
        }
    }

    private boolean evict(long bytes, boolean forLightJob, @Nullable JobId spared) {
        synchronized (finished) {
            Instant now = clock.instant();
            long missing = bytes;
            boolean more = finished.canEvict(bytes, forLightJob, spared, now);
            while (more && missing > 0) {
                JobProgress job = finished.pollToEvict(forLightJob, spared, now);
                missing -= job == null ? 0 : job.job().heap().bytes();
                more = removed(job);
            }
            return more;
        }
    }

    /** Removes a job that was taken from {@link #finished}; returns false if there was none. */
    private boolean removed(@Nullable JobProgress job) {
        if (job == null) {
            return false;
        }
        finishedWeight -= job.job().weight();
        remove(job.job().id());
        return true;
    }
}
