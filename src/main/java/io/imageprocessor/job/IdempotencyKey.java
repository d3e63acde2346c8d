package io.imageprocessor.job;

/**
 * Identifies a submission, so that a client can repeat it without creating a second job.
 *
 * @param value the key, chosen by the client
 * @param fingerprint digest of the body, to detect another submission with the same key
 */
public record IdempotencyKey(String value, String fingerprint) {}
