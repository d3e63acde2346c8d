package io.imageprocessor.job;

import java.util.Map;

/**
 * How much can be asked for.
 *
 * @param jobs by state; one without jobs may be missing
 * @param images of all these jobs
 * @param unfinished those of ongoing jobs that have no result yet
 */
public record JobTotals(Map<JobState, Long> jobs, long images, long unfinished) {

    public static final JobTotals NONE = new JobTotals(Map.of(), 0, 0);

    public JobTotals {
        jobs = Map.copyOf(jobs);
    }

    long jobs(JobState state) {
        return jobs.getOrDefault(state, 0L);
    }
}
