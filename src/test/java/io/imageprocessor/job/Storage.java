package io.imageprocessor.job;

/** The ports of one storage under test, which share their jobs. */
public record Storage(JobStore store, JobQueries queries, IdempotencyKeys keys) {}
