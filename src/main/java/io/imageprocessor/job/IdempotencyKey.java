package io.imageprocessor.job;

/**
 * Lets a client send a submission again without having it accepted twice.
 *
 * @param value as the client chose it; different submissions have different ones
 * @param fingerprint of the payload, by which the same submission is told from another one
 */
public record IdempotencyKey(String value, String fingerprint) {}
