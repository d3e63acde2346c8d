package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.imageprocessor.job.JobReport;
import java.time.Instant;
import java.util.List;

/**
 * One job, with everything from the list and its first failed stores. {@link FailedStoresController} returns all.
 *
 * @param failedStores an entry for each of the first stores with a failed or cancelled image, in the order of the
 *     visits
 * @param failedStoreCount number of all stores with a failed or cancelled image
 */
record JobResponse(
        @JsonUnwrapped JobSummary summary,
        @JsonProperty("failed_stores") List<StoreFailure> failedStores,
        @JsonProperty("failed_stores_count") int failedStoreCount) {

    /** @param now the end of the time that rates are computed for */
    static JobResponse of(JobReport report, Instant now) {
        return new JobResponse(
                JobSummary.of(report.status(), now),
                report.failedStores().stream().map(StoreFailure::of).toList(),
                report.failedStoreCount());
    }
}
