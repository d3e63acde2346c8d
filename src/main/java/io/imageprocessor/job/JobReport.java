package io.imageprocessor.job;

import java.util.List;

/**
 * The state of a job and its first failed stores at one instant. A job may have a million failed stores, so
 * {@link JobQueries#failedStores} returns the others page by page.
 *
 * @param failedStores the first failed stores in the order of the visits, at most {@link #MAX_STORES}
 * @param failedStoreCount number of all failed stores
 */
public record JobReport(JobStatus status, List<FailedStore> failedStores, int failedStoreCount) {

    /** Largest number of failed stores in a report. */
    public static final int MAX_STORES = 100;
}
