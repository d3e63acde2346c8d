package io.imageprocessor.job;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a job from its submission on, but for its visits.
 *
 * @param label what the client calls the job
 * @param retryOf the job of which this one tries the failed images again
 * @param key under which the client submitted the job
 * @param traceParent the span of the submission, where it was part of a trace
 */
public record JobMetadata(
        JobId id,
        Instant submittedAt,
        Optional<String> label,
        Optional<JobId> retryOf,
        Optional<IdempotencyKey> key,
        Optional<TraceParent> traceParent) {}
