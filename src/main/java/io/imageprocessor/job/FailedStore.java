package io.imageprocessor.job;

/**
 * A store of which at least one image failed.
 *
 * @param code of the first failure, in the order of the submission
 * @param message of the first failure
 * @param failedImages at least 1
 * @param images how many images of this store the job has, over all its visits
 */
public record FailedStore(String storeId, String code, String message, int failedImages, int images) {

    /** Whether the store is not in the store master, so that nothing was downloaded. */
    public boolean isUnknown() {
        return code.equals(ImageResult.Failed.STORE_NOT_FOUND.code());
    }
}
