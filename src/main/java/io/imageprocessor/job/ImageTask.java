package io.imageprocessor.job;

/**
 * One attempt to process an image.
 *
 * @param index index of the image in its job, from 0, in the order of the submission
 * @param attempt 1 for the first download, 2 for the first retry, and so on
 * @param begun whether the image was started before, even if no attempt was made
 */
public record ImageTask(JobId jobId, int index, String url, int attempt, boolean begun) {}
