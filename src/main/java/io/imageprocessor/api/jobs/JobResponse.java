package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.imageprocessor.api.ApiSettings.JobIdType;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.JobReport;
import java.time.Instant;
import java.util.List;

/**
 * All that is told of one job: what the list tells, and where it went wrong.
 *
 * @param failedStores an entry for each store of which an image failed or was cancelled, in the order of the visits
 */
record JobResponse(
        @JsonUnwrapped JobSummary summary,
        @JsonProperty("failed_stores") List<StoreFailure> failedStores) {

    /** @param now to which the rate is taken */
    static JobResponse of(JobReport report, JobIdType idType, Instant now) {
        return new JobResponse(
                JobSummary.of(report.status(), idType, now),
                report.failedStores().stream().map(StoreFailure::of).toList());
    }

    /**
     * A store of which at least one image failed or was cancelled.
     *
     * @param code of the first failure, in the order of the submission; {@code cancelled} if none failed
     * @param message of the first failure
     * @param failed images of this store that failed
     * @param cancelled images of this store that were cancelled
     * @param images how many images of this store the job has, over all its visits
     */
    record StoreFailure(
            @JsonProperty("store_id") String storeId,
            String code,
            String message,
            int failed,
            int cancelled,
            int images) {

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
}
