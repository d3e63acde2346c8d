package io.imageprocessor.job;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where jobs and the results of their images are kept. Every method may be called from any thread, and whatever is read
 * fits together: {@code total = pending + running + succeeded + failed + cancelled} at every instant that anyone can
 * observe. A job is unknown when there never was one of its id, or when its time of retention is over. Every method
 * throws {@link StorageUnavailableException} if what keeps the jobs cannot be reached, unless it says otherwise.
 */
public interface JobRepository {

    /** An id that no job ever had, not even before a restart, and greater than all before. */
    JobId nextId();

    /**
     * Keeps a new job and hands it on: both or neither. Images whose store is unknown have failed from the start. A job
     * that retries another one is linked to it, if that is still known; a job with a key turns the claim to it into its
     * use.
     *
     * @param handOver hands the job to those who will work on it; if it throws, nothing is kept
     */
    void save(Job job, Runnable handOver);

    /**
     * Moves a pending image on to running.
     *
     * @return whether it was pending; if not, or if the job is unknown, nothing changed and there is nothing to do
     */
    boolean start(JobId id, int index);

    /**
     * Keeps the result of an image. The first result wins; a rerun or a late worker does no harm.
     *
     * @return what is kept: this result, or a fault of the service in place of one that cannot be; null if there was a
     *     result before or the job is unknown, and nothing changed
     */
    @Nullable
    ImageResult record(JobId id, int index, ImageResult result);

    /**
     * Ends an ongoing job at once: whatever is pending or running is cancelled.
     *
     * @return whether this call did it; if the job is unknown or was cancelled before, nothing changed
     * @throws JobConflictException if the job has come to its end by itself
     */
    boolean cancel(JobId id);

    /** Where the job stands, or empty if it is unknown. Cheap enough to be asked many times a second. */
    Optional<JobStatus> status(JobId id);

    /**
     * Where each of these jobs stands, in no order and without those that are unknown: one look, however many they are.
     */
    List<JobStatus> statuses(Collection<JobId> ids);

    /** Where the job stands and which stores have failed, or empty if it is unknown. */
    Optional<JobReport> report(JobId id);

    /**
     * The newest jobs that fit, newest first.
     *
     * @param before the id below which to begin; null to begin with the newest
     */
    List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit);

    /**
     * The first images from index {@code from} on that fit, in the order of their indexes; empty if the job is unknown.
     */
    Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit);

    /**
     * What was measured at these stores, for each store and day with at least one measured image, in no order.
     *
     * @param storeIds stores that were known when the jobs were submitted
     * @param first first day of the visits, in UTC
     * @param last last day, inclusive
     */
    List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last);

    /** Claims the key of a submission that is about to be read. A key that was used is remembered for a day. */
    IdempotencyClaim claimKey(String key);

    /**
     * Gives a key back that was granted and will not be used; nothing happens if it was used after all, or is another's
     * by now. If what keeps the keys cannot be reached, it is given back later, and nothing is thrown.
     */
    void releaseKey(IdempotencyClaim.Granted claim);

    /** How much can be asked for, at the cost of a look at all jobs: not for each call. */
    JobTotals totals();

    /** What would be lost, or left to others, if the service stopped now. */
    UnfinishedWork unfinished();
}
