package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a job, with exactly the keys of the old services.
 *
 * @param status {@code ongoing}, {@code completed} or {@code failed}
 * @param error present if the job failed: an entry for each failed store, in the order of the visits
 */
record StatusResponse(
        String status,
        @JsonProperty("job_id") JobId jobId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<StoreError> error) {

    /** Returns the response without {@code error}, which {@link FailedStatus} adds for a failed job. */
    static StatusResponse of(JobStatus job) {
        String status = switch (job.state()) {
            case ONGOING -> "ongoing";
            case COMPLETED -> "completed";
            // Old clients know only this name for a job that will not complete.
            case FAILED, CANCELLED -> "failed";
        };
        return new StatusResponse(status, job.id(), null);
    }

    /** The first failure of a store and the number of its failed images. */
    record StoreError(@JsonProperty("store_id") String storeId, String error) {

        static StoreError of(FailedStore store) {
            // The exact text for an unknown store is part of the old contract.
            String error =
                    store.code() == FailureCode.STORE_NOT_FOUND ? store.message() : store.message() + extent(store);
            return new StoreError(store.storeId(), error);
        }

        private static String extent(FailedStore store) {
            if (store.failed() == 0 || store.cancelled() == 0) {
                return " (%d of %d images failed)".formatted(store.failed() + store.cancelled(), store.images());
            }
            return " (%d of %d images failed, %d were cancelled)"
                    .formatted(store.failed(), store.images(), store.cancelled());
        }
    }
}
