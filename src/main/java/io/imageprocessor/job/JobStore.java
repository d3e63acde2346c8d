package io.imageprocessor.job;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps jobs and the results of their images: everything that changes them. Counts stay consistent: {@code total =
 * pending + running + succeeded + failed + cancelled} holds at every instant that anyone can observe.
 *
 * <p>A job is unknown if its id was never used or its retention is over. Thread-safe. Every method throws
 * {@link StorageUnavailableException} if the storage cannot be reached.
 */
public interface JobStore {

    /** Returns an id that no job ever had, not even before a restart, and greater than all ids before it. */
    JobId nextId();

    /**
     * Saves a new job and enqueues it: both or neither. Images of unknown stores are failed from the start. A job that
     * retries another is linked to it, if the other is still known; a job with an idempotency key uses the claimed key.
     *
     * @param enqueue enqueues the job, perhaps together with others that are saved at the same time; if it throws,
     *     nothing is saved
     */
    void save(Job job, Consumer<List<Job>> enqueue);

    /**
     * Moves a pending image to running.
     *
     * @return whether the image was pending; if not, or if the job is unknown, nothing changed and there is no work to
     *     do
     */
    boolean start(JobId id, int index);

    /**
     * Records the result of an image. The first result wins, so a rerun or a late worker changes nothing.
     *
     * @return the recorded result: this one, or an internal error if this one cannot be stored; null if nothing changed
     *     because the image has a result or the job is unknown
     */
    @Nullable
    ImageResult record(JobId id, int index, ImageResult result);

    /**
     * Ends an ongoing job at once: its pending and running images are cancelled.
     *
     * @return whether this call cancelled the job; if the job is unknown or was cancelled before, nothing changed
     * @throws JobConflictException if the job has completed or failed
     */
    boolean cancel(JobId id);
}
