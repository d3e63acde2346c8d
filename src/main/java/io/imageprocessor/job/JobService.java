package io.imageprocessor.job;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Service;

/** The door of the room: jobs are drafted, submitted, asked for, cancelled and retried here. Thread-safe. */
@Service
@RequiredArgsConstructor
public class JobService {

    private static final int IMAGES_PER_LOOK = 1_000;

    private final JobDrafts drafts;
    private final JobStore store;
    private final JobQueries queries;
    private final JobQueue queue;
    private final Clock clock;
    private final LongAdder imagesOfUnknownStores = new LongAdder();

    /** Returns an empty draft, to be filled, submitted and closed. */
    public JobDraft draft() {
        return drafts.begin();
    }

    /** Accepts the whole job and queues it. The images are processed later, on other threads. */
    public JobId submit(JobDraft draft) {
        Job job = draft.complete(store.nextId(), clock.instant());
        store.save(job, () -> queue.enqueue(job));
        draft.accepted(job);
        imagesOfUnknownStores.add(job.imageCount() - job.downloadableImages());
        return job.id();
    }

    /** How many images have failed with the submission of their jobs here. */
    long imagesOfUnknownStores() {
        return imagesOfUnknownStores.sum();
    }

    /**
     * Ends an ongoing job at once: what waits is forgotten and what runs is dropped. Nothing happens if the job was
     * cancelled before.
     *
     * @return where the job stands after that, or empty if it is unknown
     * @throws JobConflictException if the job has come to its end by itself
     */
    public Optional<JobReport> cancel(JobId id) {
        store.cancel(id);
        // Also if it was cancelled before: that call may have come no further.
        queue.cancel(id);
        return queries.report(id);
    }

    /**
     * Submits the failed images of a job once more, as a job of their own; their stores are looked up anew.
     *
     * @param traceParent the span of the call that wants it
     * @return the new job, or empty if the one to be retried is unknown
     * @throws JobConflictException if that is ongoing, or if none of its images failed
     * @throws SubmissionRejectedException if there is no room in the queue
     */
    public Optional<JobId> retry(JobId id, Optional<TraceParent> traceParent) {
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
            status.get().head().label().ifPresent(draft::label);
            return addFailedImages(id, draft) ? Optional.of(submit(draft)) : Optional.empty();
        }
    }

    /** False if the job was forgotten before all of them were added. */
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
        return queries.images(id, ImageFilter.FAILED, from, IMAGES_PER_LOOK);
    }
}
