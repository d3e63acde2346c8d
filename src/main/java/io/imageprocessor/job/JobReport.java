package io.imageprocessor.job;

import java.util.List;

/**
 * The state of a job and its failed stores at one instant.
 *
 * @param failedStores failed stores in the order of the visits
 */
public record JobReport(JobStatus status, List<FailedStore> failedStores) {}
