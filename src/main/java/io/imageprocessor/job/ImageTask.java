package io.imageprocessor.job;

/**
 * One image on its way through the service.
 *
 * @param index the image's place in its job, from 0, in the order of the submission
 * @param attempt 1 for the first download of the image, 2 for its first retry, and so on
 */
public record ImageTask(JobId jobId, int index, String url, int attempt) {}
