package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts stalled jobs: ongoing, started jobs without a new result for {@link #TIME}. It compares repeated reads, so
 * that recording a result costs nothing more; the time starts with the first read of a job. Jobs that wait to start are
 * not stalled. Not thread-safe.
 */
final class StalledJobs {

    static final Duration TIME = Duration.ofMinutes(10);

    /** Younger jobs are not read, because they cannot be stalled. */
    private static final Duration MIN_AGE = Duration.ofMinutes(1);

    private static final int JOBS_PER_READ = 1_000;

    /**
     * The progress of a started job.
     *
     * @param since first read with this number of unfinished images
     */
    private record Observation(int unfinished, Instant since) {}

    private Map<JobId, Observation> observed = Map.of();

    /** Reads all ongoing jobs and returns the number without progress since {@code now - TIME}. */
    int count(JobQueries queries, Instant now) {
        Map<JobId, Observation> current = new HashMap<>();
        JobFilter filter = new JobFilter(
                Optional.of(JobState.ONGOING), Optional.empty(), Optional.empty(), Optional.of(now.minus(MIN_AGE)));
        List<JobStatus> jobs = queries.jobs(filter, null, JOBS_PER_READ);
        while (!jobs.isEmpty()) {
            for (JobStatus job : jobs) {
                if (job.startedAt().isEmpty()) {
                    continue;
                }
                int unfinished = job.counts().unfinished();
                Observation before = observed.get(job.id());
                boolean same = before != null && before.unfinished() == unfinished;
                current.put(job.id(), same ? before : new Observation(unfinished, now));
            }
            jobs = queries.jobs(filter, jobs.getLast().id(), JOBS_PER_READ);
        }
        observed = current;
        Instant latest = now.minus(TIME);
        return (int) current.values().stream()
                .filter(observation -> !observation.since().isAfter(latest))
                .count();
    }
}
