package io.imageprocessor.job;

import java.time.Instant;
import java.util.Optional;

/**
 * Selects jobs. A job matches if it matches every component that is present.
 *
 * @param storeId id of a visited store as in {@link Visit#storeId()}, known or not
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

    /** Returns whether the unchanging part of a job matches. */
    public boolean matches(Job job) {
        Instant submittedAt = job.metadata().submittedAt();
        return submittedAfter.map(submittedAt::isAfter).orElse(true)
                && submittedBefore.map(submittedAt::isBefore).orElse(true)
                && storeId.map(job::hasVisitTo).orElse(true);
    }

    /** Returns whether the state of a job matches. */
    public boolean matches(JobStatus status) {
        return state.isEmpty() || state.get() == status.state();
    }
}
