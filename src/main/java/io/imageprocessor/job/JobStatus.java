package io.imageprocessor.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a job stood at one instant; all parts were read together.
 *
 * @param finishedAt present exactly when the state is final
 * @param failedStores in the order of the visits; empty while the job is ongoing
 */
public record JobStatus(
        JobId id,
        JobState state,
        JobCounts counts,
        Instant submittedAt,
        Optional<Instant> finishedAt,
        List<FailedStore> failedStores) {}
