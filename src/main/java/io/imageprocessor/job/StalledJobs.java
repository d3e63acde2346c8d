package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ongoing jobs that were begun and of which no image has got a result for {@link #TIME}, as far as repeated looks can
 * tell: of what was before the first look at a job nothing is known. One that waits for its turn does not stand still.
 * Costs nothing where results are kept. For one thread.
 */
final class StalledJobs {

    static final Duration TIME = Duration.ofMinutes(10);

    /** No job is stalled as early as that, so that short ones need never be looked at. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private static final int JOBS_PER_LOOK = 1_000;

    /**
     * What was seen of a job.
     *
     * @param since when it was first seen, begun, with so many unfinished images
     */
    private record Sight(int unfinished, Instant since) {}

    private Map<JobId, Sight> seen = Map.of();

    /** Looks at all ongoing jobs and counts those that have stood still since {@code now - TIME}. */
    int look(JobQueries queries, Instant now) {
        Map<JobId, Sight> current = new HashMap<>();
        JobFilter filter = new JobFilter(
                Optional.of(JobState.ONGOING), Optional.empty(), Optional.empty(), Optional.of(now.minus(YOUNG)));
        List<JobStatus> jobs = queries.jobs(filter, null, JOBS_PER_LOOK);
        while (!jobs.isEmpty()) {
            for (JobStatus job : jobs) {
                if (job.startedAt().isEmpty()) {
                    continue;
                }
                int unfinished = job.counts().unfinished();
                Sight before = seen.get(job.id());
                boolean same = before != null && before.unfinished() == unfinished;
                current.put(job.id(), same ? before : new Sight(unfinished, now));
            }
            jobs = queries.jobs(filter, jobs.getLast().id(), JOBS_PER_LOOK);
        }
        seen = current;
        Instant latest = now.minus(TIME);
        return (int) current.values().stream()
                .filter(sight -> !sight.since().isAfter(latest))
                .count();
    }
}
