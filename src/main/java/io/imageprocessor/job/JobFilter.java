package io.imageprocessor.job;

import java.time.Instant;
import java.util.Optional;

/**
 * Which jobs are asked for: those that fit every part that is present.
 *
 * @param storeId jobs with a visit to this store, known or not, as {@link Visit#storeId()} tells it
 * @param submittedAfter exclusive
 * @param submittedBefore exclusive
 */
public record JobFilter(
        Optional<JobState> state,
        Optional<String> storeId,
        Optional<Instant> submittedAfter,
        Optional<Instant> submittedBefore) {

    public static final JobFilter ANY =
            new JobFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether the job fits, as far as what never changes of it can tell. */
    public boolean fits(Job job) {
        Instant submittedAt = job.head().submittedAt();
        return submittedAfter.map(submittedAt::isAfter).orElse(true)
                && submittedBefore.map(submittedAt::isBefore).orElse(true)
                && storeId.map(job::hasVisitTo).orElse(true);
    }

    /** Whether the job fits, as far as what changes of it can tell. */
    public boolean fits(JobStatus status) {
        return state.isEmpty() || state.get() == status.state();
    }
}
