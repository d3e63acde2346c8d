package io.imageprocessor.job;

/**
 * Identifies a request that creates a job, so that a client can repeat it without creating a second job.
 *
 * @param value the call and the key that the client chose for it
 * @param fingerprint digest of the request, to detect another request with the same key
 */
public record IdempotencyKey(String value, String fingerprint) {}
