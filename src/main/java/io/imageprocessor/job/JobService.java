package io.imageprocessor.job;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Service;

/** Accepts, cancels and retries jobs; {@link JobQueries} reads them. Thread-safe. */
@Service
@RequiredArgsConstructor
public class JobService {

    private static final int IMAGES_PER_READ = 1_000;

    private final JobDrafts drafts;
    private final JobStore store;
    private final JobQueries queries;
    private final JobQueue queue;
    private final Clock clock;
    private final LongAdder imagesOfUnknownStores = new LongAdder();

    /** Returns an empty draft, to be filled, submitted and closed. */
    public JobDraft draft() {
        return drafts.newDraft();
    }

    /** Accepts the whole job and queues it. The images are processed later, on other threads. */
    public JobId submit(JobDraft draft) {
        Job job = draft.complete(store.nextId(), clock.instant());
        store.save(job, queue::enqueue);
        draft.accepted();
        imagesOfUnknownStores.add(job.imageCount() - job.downloadableImages());
        return job.id();
    }

    /** Returns the number of images of unknown stores in all jobs submitted to this process. */
    long imagesOfUnknownStores() {
        return imagesOfUnknownStores.sum();
    }

    /**
     * Cancels an ongoing job: waiting images are not started and running images are discarded. Cancelling it again
     * changes nothing.
     *
     * @return the state of the job afterwards, or empty if it is unknown
     * @throws JobConflictException if the job has completed or failed
     */
    public Optional<JobReport> cancel(JobId id) {
        store.cancel(id);
        // Also if the job was cancelled before, because that call may have failed at this point.
        queue.cancel(id);
        return queries.report(id);
    }

    /**
     * Submits the failed images of a job as a new job, with a new lookup of their stores.
     *
     * @param traceParent span of the current request
     * @param key the idempotency key, which must be granted to this request
     * @return the new job, or empty if the job to retry is unknown
     * @throws JobConflictException if the job to retry is ongoing, has no failed image, or needs more memory than a job
     *     may have by now
     * @throws SubmissionRejectedException if the backlog limit or the memory limit for jobs is reached
     */
    public Optional<JobId> retry(JobId id, Optional<TraceParent> traceParent, Optional<IdempotencyKey> key) {
        Optional<JobStatus> status = queries.status(id);
        if (status.isEmpty()) {
            return Optional.empty();
        }
        if (!status.get().state().isFinal()) {
            throw new JobConflictException("job " + id + " is ongoing and cannot be retried");
        }
        if (status.get().counts().failed() == 0) {
            throw new JobConflictException("no image of job " + id + " has failed");
        }
        try (JobDraft draft = draft()) {
            draft.retryOf(id);
            traceParent.ifPresent(draft::traceParent);
            key.ifPresent(draft::key);
            status.get().metadata().label().ifPresent(draft::label);
            return addFailedImages(id, draft) ? Optional.of(submit(draft)) : Optional.empty();
        } catch (JobTooLargeException e) {
            // The service may have less memory than before, or know more of the stores.
            throw new JobConflictException("job " + id + " cannot be retried: " + e.getMessage());
        }
    }

    /** Returns whether all failed images were added; false if the job was removed meanwhile. */
    private boolean addFailedImages(JobId id, JobDraft draft) {
        Visit visit = null;
        Optional<List<JobImage>> images = failedImages(id, 0);
        while (images.isPresent() && !images.get().isEmpty()) {
            for (JobImage image : images.get()) {
                if (visit != null && visit.firstImage() != image.visit().firstImage()) {
                    draft.endVisit(visit.storeId(), visit.time());
                }
                visit = image.visit();
                draft.addImage(image.url());
            }
            images = failedImages(id, images.get().getLast().index() + 1);
        }
        if (visit != null) {
            draft.endVisit(visit.storeId(), visit.time());
        }
        return images.isPresent();
    }

    private Optional<List<JobImage>> failedImages(JobId id, int from) {
        return queries.images(id, ImageFilter.FAILED, from, IMAGES_PER_READ);
    }
}
