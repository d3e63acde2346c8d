package io.imageprocessor.job;

import java.time.Instant;

/** The outcome of claiming an idempotency key, before the submission is read. */
public sealed interface IdempotencyClaim {

    /**
     * The key was free and now belongs to this claim, until a job is saved with it or it is released.
     *
     * @param until when the claim expires; also distinguishes this claim from others to the same key
     */
    record Granted(String key, Instant until) implements IdempotencyClaim {}

    /** Another submission with this key is being read. */
    record InFlight() implements IdempotencyClaim {}

    /** A job was accepted with this key. */
    record Used(IdempotencyKey key, JobId jobId) implements IdempotencyClaim {}
}
