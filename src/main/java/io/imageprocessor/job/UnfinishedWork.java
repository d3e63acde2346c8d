package io.imageprocessor.job;

/** How much was accepted and is not finished. */
public record UnfinishedWork(int jobs, long images) {}
