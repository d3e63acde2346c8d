package io.imageprocessor.job;

/**
 * A store of which at least one image failed or was cancelled.
 *
 * @param code of the first failure, in the order of the submission; {@code CANCELLED} if none failed
 * @param message of the first failure
 * @param failed images of this store that failed
 * @param cancelled images of this store that were cancelled
 * @param images how many images of this store the job has, over all its visits
 */
public record FailedStore(String storeId, FailureCode code, String message, int failed, int cancelled, int images) {}
