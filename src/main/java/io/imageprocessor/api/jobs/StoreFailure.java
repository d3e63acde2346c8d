package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.FailedStore;

/**
 * A store with at least one failed or cancelled image.
 *
 * @param code code of the first failure, in the order of the submission; {@code cancelled} if none failed
 * @param message message of the first failure
 * @param failed number of failed images of this store
 * @param cancelled number of cancelled images of this store
 * @param images number of all images of this store in the job
 */
record StoreFailure(
        @JsonProperty("store_id") String storeId, String code, String message, int failed, int cancelled, int images) {

    static StoreFailure of(FailedStore store) {
        return new StoreFailure(
                store.storeId(),
                store.code().code(),
                store.message(),
                store.failed(),
                store.cancelled(),
                store.images());
    }
}
