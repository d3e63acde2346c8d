package io.imageprocessor.job;

import io.imageprocessor.stores.StoreMaster;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** The door of the room: jobs are drafted, submitted, asked for, cancelled and retried here. Thread-safe. */
@Service
@RequiredArgsConstructor
public class JobService {

    private static final int IMAGES_PER_LOOK = 1_000;

    private final StoreMaster stores;
    private final JobRepository repository;
    private final JobQueue queue;
    private final JobSettings settings;
    private final Clock clock;
    private final LongAdder imagesOfUnknownStores = new LongAdder();

    /** An empty draft, to be filled, submitted and closed. Its stores are those of this moment. */
    public JobDraft draft() {
        return new JobDraft(stores.current(), queue, settings.maxImagesPerJob());
    }

    /** Accepts the whole job and queues it. The work is done by others, later. */
    public JobId submit(JobDraft draft) {
        Job job = draft.complete(repository.nextId(), clock.instant());
        try {
            repository.save(job, () -> queue.enqueue(job));
        } catch (RuntimeException | Error e) {
            queue.release(job.downloadableImages());
            throw e;
        }
        imagesOfUnknownStores.add(job.imageCount() - job.downloadableImages());
        return job.id();
    }

    /** How many images have failed with the submission of their jobs here. */
    long imagesOfUnknownStores() {
        return imagesOfUnknownStores.sum();
    }

    /** Claims the key of a submission that is about to be read: see {@link JobRepository#claimKey}. */
    public IdempotencyClaim claimKey(String key) {
        return repository.claimKey(key);
    }

    /** Gives a key back that was granted and will not be used: see {@link JobRepository#releaseKey}. */
    public void releaseKey(IdempotencyClaim.Granted claim) {
        repository.releaseKey(claim);
    }

    /**
     * Ends an ongoing job at once: what waits is forgotten and what runs is dropped. Nothing happens if the job was
     * cancelled before.
     *
     * @return where the job stands after that, or empty if it is unknown
     * @throws JobConflictException if the job has come to its end by itself
     */
    public Optional<JobReport> cancel(JobId id) {
        repository.cancel(id);
        // Also if it was cancelled before: that call may have come no further.
        queue.cancel(id);
        return repository.report(id);
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
        Optional<JobStatus> status = repository.status(id);
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
        return repository.images(id, ImageFilter.FAILED, from, IMAGES_PER_LOOK);
    }

    /** Where the job stands, or empty if it is unknown. Cheap enough to be asked many times a second. */
    public Optional<JobStatus> status(JobId id) {
        return repository.status(id);
    }

    /** Where each of these jobs stands: see {@link JobRepository#statuses}. */
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return repository.statuses(ids);
    }

    /** Where the job stands and which stores have failed, or empty if it is unknown. */
    public Optional<JobReport> report(JobId id) {
        return repository.report(id);
    }

    /** The newest jobs that fit: see {@link JobRepository#jobs}. */
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        return repository.jobs(filter, before, limit);
    }

    /** The first images from an index on that fit, or empty if the job is unknown: see {@link JobRepository#images}. */
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return repository.images(id, filter, from, limit);
    }

    /** What was measured at these stores by day: see {@link JobRepository#visitTotals}. */
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        return repository.visitTotals(storeIds, first, last);
    }
}
