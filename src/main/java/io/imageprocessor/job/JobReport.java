package io.imageprocessor.job;

import java.util.List;

/**
 * Where a job stood at one instant, and where it went wrong until then; both were read together.
 *
 * @param failedStores in the order of the visits
 */
public record JobReport(JobStatus status, List<FailedStore> failedStores) {}
