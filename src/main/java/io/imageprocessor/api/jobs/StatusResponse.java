package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.JobStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stands, in exactly the keys that the old services had.
 *
 * @param status {@code ongoing}, {@code completed} or {@code failed}
 * @param jobId a number or a string, as {@code imageprocessor.api.job-id-type} says
 * @param error present when the job failed: an entry for each failed store, in the order of the visits
 */
record StatusResponse(
        String status,
        @JsonProperty("job_id") Object jobId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<StoreError> error) {

    static StatusResponse of(JobStatus job, List<FailedStore> failedStores, ApiSettings.JobIdType jobIdType) {
        String status = switch (job.state()) {
            case ONGOING -> "ongoing";
            case COMPLETED -> "completed";
            // The old clients know no other word for a job that will not complete.
            case FAILED, CANCELLED -> "failed";
        };
        return new StatusResponse(
                status,
                jobIdType.write(job.id()),
                status.equals("failed")
                        ? failedStores.stream().map(StoreError::of).toList()
                        : null);
    }

    /** What went wrong first at a store, and how much of it did. */
    record StoreError(@JsonProperty("store_id") String storeId, String error) {

        static StoreError of(FailedStore store) {
            // The text of an unknown store is part of the old contract, to the letter.
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
