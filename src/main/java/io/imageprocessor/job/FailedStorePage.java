package io.imageprocessor.job;

import java.util.List;
import java.util.OptionalInt;

/**
 * Successive failed stores of a job, as of one instant.
 *
 * @param stores in the order of the visits
 * @param next where the next page starts, for {@link JobQueries#failedStores}; empty on the last page
 */
public record FailedStorePage(List<FailedStore> stores, OptionalInt next) {}
