package io.imageprocessor.api;

/**
 * The body of every refusal under {@code /api}, but for the empty object of an unknown job.
 *
 * @param error one sentence for a person, without class names or traces
 */
record ErrorBody(String error) {}
