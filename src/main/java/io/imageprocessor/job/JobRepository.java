package io.imageprocessor.job;

import java.util.List;
import java.util.Optional;

/**
 * Where jobs and the results of their images are kept. Every method may be called from any thread, and whatever is read
 * fits together: {@code total = pending + running + succeeded + failed} at every instant that anyone can observe.
 */
public interface JobRepository {

    /** An id that no job ever had, not even before a restart. */
    JobId nextId();

    /** Keeps a new job. Images whose store is unknown have failed from the start. */
    void save(Job job);

    /**
     * Moves a pending image on to running.
     *
     * @return whether it was pending; if not, or if the job is unknown, nothing changed and there is nothing to do
     */
    boolean start(JobId id, int index);

    /**
     * Keeps the result of an image. The first result wins; a rerun or a late worker does no harm.
     *
     * @return whether this was the first result; if not, or if the job is unknown, nothing changed
     */
    boolean record(JobId id, int index, ImageResult result);

    /** Where the job stands, or empty if it is unknown or its time of retention is over. */
    Optional<JobStatus> status(JobId id);

    /** At most {@code limit} images of the job from index {@code from} on; none if the job is unknown. */
    List<JobImage> images(JobId id, int from, int limit);

    /** What would be lost, or left to others, if the service stopped now. */
    UnfinishedWork unfinished();
}
