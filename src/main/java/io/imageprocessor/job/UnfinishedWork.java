package io.imageprocessor.job;

/** The number of ongoing jobs and of their images without a result. */
public record UnfinishedWork(int jobs, long images) {}
