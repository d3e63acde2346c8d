package io.imageprocessor.job;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads jobs and their images. What one call returns was read at one instant, so its counts add up.
 *
 * <p>A job is unknown if its id was never used or its retention is over. Thread-safe. Every method throws
 * {@link StorageUnavailableException} if the storage cannot be reached.
 */
public interface JobQueries {

    /** Returns the state of a job, or empty if it is unknown. Cheap enough to be called many times a second. */
    Optional<JobStatus> status(JobId id);

    /** Returns the states of several jobs in one read, in no order, without the unknown ones. */
    List<JobStatus> statuses(Collection<JobId> ids);

    /** Returns the state of a job with its first failed stores, or empty if it is unknown. */
    Optional<JobReport> report(JobId id);

    /**
     * Returns failed stores of a job in the order of the visits, or empty if the job is unknown. Those of a finished
     * job never change; an ongoing job may get more, also between those that were returned before. The cost depends on
     * the page size, not on its position.
     *
     * @param from 0 for the first page, {@link FailedStorePage#next} for a later one
     */
    Optional<FailedStorePage> failedStores(JobId id, int from, int limit);

    /**
     * Returns the newest jobs that match, newest first.
     *
     * @param before only jobs with a smaller id; null for all
     */
    List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit);

    /** Returns the first matching images from index {@code from} on, by index; empty if the job is unknown. */
    Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit);

    /**
     * Returns the total perimeter for each store and day with at least one measured image, in no order.
     *
     * @param storeIds stores that were known when the jobs were submitted
     * @param first first day of the visits, in UTC
     * @param last last day, inclusive
     */
    List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last);

    /** Counts all known jobs and their images. Reads every job, so it is not for every request. */
    JobTotals totals();

    /** Counts the work that would be lost, or left to other replicas, if the service stopped now. */
    UnfinishedWork unfinished();
}
