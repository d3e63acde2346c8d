package io.imageprocessor.job;

/**
 * One image on its way through the service.
 *
 * @param index the image's place in its job, from 0, in the order of the submission
 * @param attempt 1 for the first download of the image, 2 for its first retry, and so on
 * @param begun whether the image has been taken up before, be it for an attempt or in vain
 */
public record ImageTask(JobId jobId, int index, String url, int attempt, boolean begun) {}
