package io.imageprocessor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import java.util.List;
import java.util.Locale;
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

    static StatusResponse of(JobStatus status, ApiSettings.JobIdType jobIdType) {
        return new StatusResponse(
                status.state().name().toLowerCase(Locale.ROOT),
                jobIdType.write(status.id()),
                status.state() == JobState.FAILED
                        ? status.failedStores().stream().map(StoreError::of).toList()
                        : null);
    }

    /** What went wrong first at a store, and how much of it did. */
    record StoreError(@JsonProperty("store_id") String storeId, String error) {

        static StoreError of(FailedStore store) {
            // The text of an unknown store is part of the old contract, to the letter.
            String error = store.isUnknown()
                    ? store.message()
                    : "%s (%d of %d images failed)".formatted(store.message(), store.failedImages(), store.images());
            return new StoreError(store.storeId(), error);
        }
    }
}
