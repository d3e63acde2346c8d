package io.imageprocessor.api;

/**
 * The body of every error under {@code /api}, except the empty object of {@code /api/status}.
 *
 * @param error one sentence for people, without class names or stack traces
 */
record ErrorBody(String error) {}
