package io.imageprocessor.job;

import java.time.Instant;
import java.util.Optional;

/**
 * The unchanging data of a job, without its visits.
 *
 * @param label name of the job from the client
 * @param retryOf the job whose failed images this job retries
 * @param key idempotency key of the submission
 * @param traceParent span of the submission, if it was part of a trace
 */
public record JobMetadata(
        JobId id,
        Instant submittedAt,
        Optional<String> label,
        Optional<JobId> retryOf,
        Optional<IdempotencyKey> key,
        Optional<TraceParent> traceParent) {}
