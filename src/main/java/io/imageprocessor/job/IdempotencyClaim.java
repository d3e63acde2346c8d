package io.imageprocessor.job;

import java.time.Instant;

/** What comes of claiming the key of a submission, before the submission is read. */
public sealed interface IdempotencyClaim {

    /**
     * The key is the claimant's, who saves a job with it or releases it.
     *
     * @param until when it comes free by itself, which tells this claim from all others to the key
     */
    record Granted(String key, Instant until) implements IdempotencyClaim {}

    /** Another submission with this key is being read. */
    record InFlight() implements IdempotencyClaim {}

    /** A job was accepted under this key. */
    record Used(IdempotencyKey key, JobId jobId) implements IdempotencyClaim {}
}
