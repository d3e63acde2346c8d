package io.imageprocessor.job;

import java.util.Map;

/**
 * The number of all stored jobs and their images.
 *
 * @param jobs number of jobs by state; a state without jobs may be missing
 * @param images number of images of these jobs
 * @param unfinished number of these images without a result
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
