package io.imageprocessor.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects a job while its submission is read; {@link JobService#submit} accepts it.
 *
 * <p>Each image is reserved in the backlog when it is added, so the backlog limit also bounds submissions that are
 * being read. So does the memory limit for jobs, in bytes; a draft without room drops its content, and is rejected when
 * it is complete, unless it turns out to be larger than the limit. Closing the draft releases what was not handed over
 * to the queue and the storage. Not thread-safe.
 */
public final class JobDraft implements AutoCloseable {

    private final StoreRegistry stores;
    private final Reservation reservation;
    private final JobWeigher weigher;
    private final int maxImages;

    private Optional<String> label = Optional.empty();
    private Optional<JobId> retryOf = Optional.empty();
    private Optional<IdempotencyKey> key = Optional.empty();
    private Optional<TraceParent> traceParent = Optional.empty();
    private UrlList urls = new UrlList();
    private final List<Visit> visits = new ArrayList<>();
    private int images;
    private int visitCount;
    private int firstImageOfVisit;

    JobDraft(StoreRegistry stores, Reservation reservation, JobWeigher weigher, int maxImages) {
        this.stores = stores;
        this.reservation = reservation;
        this.weigher = weigher;
        this.maxImages = maxImages;
    }

    /**
     * Adds an image to the current visit. An invalid URL fails that image later, not the submission.
     *
     * @throws JobTooLargeException if the job has the maximum number of images, or exceeds the memory for jobs
     * @throws SubmissionRejectedException if the backlog limit is reached
     */
    public void addImage(String url) {
        if (images == maxImages) {
            throw new JobTooLargeException("a job may hold at most " + maxImages + " images");
        }
        if (!weigher.isRejected()) {
            reservation.addImage();
        }
        String stored = StoredUrl.of(url);
        byte[] bytes = stored.getBytes(UTF_8);
        weigher.addImage(stored, bytes);
        images++;
        if (weigher.isRejected()) {
            drop();
        } else {
            urls.add(bytes);
        }
    }

    /** Releases what was read so far, since the draft will be rejected. */
    private void drop() {
        if (urls.size() > 0) {
            urls = new UrlList();
            visits.clear();
        }
        reservation.close();
    }

    /**
     * Makes sure that there is room for a text that is being read. The room is used for what is added next.
     *
     * @param bytes of heap that the text takes while it is read
     * @throws JobTooLargeException if the job exceeds the memory for jobs
     * @throws SubmissionRejectedException if the memory limit for jobs is reached
     */
    public void requireRoom(long bytes) {
        weigher.addTemporary(bytes);
    }

    /** Sets the name of the job for people. */
    public void label(String text) {
        weigher.addText(text);
        label = Optional.of(text);
    }

    /** Sets the idempotency key, which must be granted to this submission. */
    public void key(IdempotencyKey granted) {
        weigher.addText(granted.value());
        weigher.addText(granted.fingerprint());
        key = Optional.of(granted);
    }

    /** Sets the span of the submission. */
    public void traceParent(TraceParent span) {
        weigher.addText(span.value());
        traceParent = Optional.of(span);
    }

    /** Sets the job whose failed images this job retries. */
    void retryOf(JobId failed) {
        weigher.spare(failed);
        retryOf = Optional.of(failed);
    }

    /** Ends the current visit. */
    public void endVisit(String storeId, Instant time) {
        int imagesOfVisit = imagesInVisit();
        Optional<Store> store = stores.find(storeId);
        weigher.endVisit(storeId, store.isPresent(), imagesOfVisit);
        visitCount++;
        if (weigher.isRejected()) {
            drop();
        } else {
            visits.add(new Visit(storeId, store, time, firstImageOfVisit, imagesOfVisit));
        }
        firstImageOfVisit = images;
    }

    /** Returns the number of images of the current visit. */
    public int imagesInVisit() {
        return images - firstImageOfVisit;
    }

    /** Returns the number of ended visits. */
    public int visitCount() {
        return visitCount;
    }

    /**
     * Returns the complete job; only its downloadable images stay reserved.
     *
     * @throws SubmissionRejectedException if there was no room for it in memory
     */
    Job complete(JobId id, Instant submittedAt) {
        if (visitCount == 0 || imagesInVisit() > 0) {
            throw new IllegalStateException("draft has no visit or an open visit");
        }
        HeapReservation heap = weigher.complete();
        urls.trim();
        JobMetadata metadata = new JobMetadata(id, submittedAt, label, retryOf, key, traceParent);
        Job job = new Job(metadata, visits, urls, heap);
        reservation.reduceTo(job.downloadableImages());
        return job;
    }

    /** Hands the reservation over to the queue, which has accepted the job. */
    void accepted() {
        reservation.handOver();
    }

    @Override
    public void close() {
        reservation.close();
        weigher.close();
    }
}
