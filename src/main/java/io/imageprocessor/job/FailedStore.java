package io.imageprocessor.job;

/**
 * A store with at least one failed or cancelled image.
 *
 * @param code code of the first failure, in the order of the submission; {@code CANCELLED} if none failed
 * @param message message of the first failure
 * @param failed number of failed images of this store
 * @param cancelled number of cancelled images of this store
 * @param images number of all images of this store in the job
 */
public record FailedStore(String storeId, FailureCode code, String message, int failed, int cancelled, int images) {}
