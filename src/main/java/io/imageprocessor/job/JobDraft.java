package io.imageprocessor.job;

import io.imageprocessor.stores.StoreRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects a job while its submission is read; {@link JobService#submit} accepts it.
 *
 * <p>Each image is reserved in the backlog when it is added, so the backlog limit also bounds submissions that are
 * being read. Closing the draft releases what was not handed over to the queue. Not thread-safe.
 */
public final class JobDraft implements AutoCloseable {

    /** Longer URLs are truncated: they exceed the limit for downloads, so their images fail anyway. */
    private static final int STORED_URL_LENGTH = 10_000;

    private final StoreRegistry stores;
    private final Reservation reservation;
    private final int maxImages;

    private Optional<String> label = Optional.empty();
    private Optional<JobId> retryOf = Optional.empty();
    private Optional<IdempotencyKey> key = Optional.empty();
    private Optional<TraceParent> traceParent = Optional.empty();
    private final UrlList urls = new UrlList();
    private final List<Visit> visits = new ArrayList<>();
    private int firstImageOfVisit;

    JobDraft(StoreRegistry stores, Reservation reservation, int maxImages) {
        this.stores = stores;
        this.reservation = reservation;
        this.maxImages = maxImages;
    }

    /**
     * Adds an image to the current visit. An invalid URL fails that image later, not the submission.
     *
     * @throws TooManyImagesException if the job has the maximum number of images
     * @throws SubmissionRejectedException if the backlog limit is reached
     */
    public void addImage(String url) {
        if (urls.size() == maxImages) {
            throw new TooManyImagesException(maxImages);
        }
        reservation.addImage();
        urls.add(url.length() <= STORED_URL_LENGTH ? url : url.substring(0, STORED_URL_LENGTH));
    }

    /** Sets the name of the job for people. */
    public void label(String text) {
        label = Optional.of(text);
    }

    /** Sets the idempotency key, which must be granted to this submission. */
    public void key(IdempotencyKey granted) {
        key = Optional.of(granted);
    }

    /** Sets the span of the submission. */
    public void traceParent(TraceParent span) {
        traceParent = Optional.of(span);
    }

    /** Sets the job whose failed images this job retries. */
    void retryOf(JobId failed) {
        retryOf = Optional.of(failed);
    }

    /** Ends the current visit. */
    public void endVisit(String storeId, Instant time) {
        int images = imagesInVisit();
        visits.add(new Visit(storeId, stores.find(storeId), time, firstImageOfVisit, images));
        firstImageOfVisit = urls.size();
    }

    /** Returns the number of images of the current visit. */
    public int imagesInVisit() {
        return urls.size() - firstImageOfVisit;
    }

    /** Returns the number of ended visits. */
    public int visitCount() {
        return visits.size();
    }

    /** Returns the complete job; only its downloadable images stay reserved. */
    Job complete(JobId id, Instant submittedAt) {
        if (visits.isEmpty() || imagesInVisit() > 0) {
            throw new IllegalStateException("draft has no visit or an open visit");
        }
        urls.trim();
        Job job = new Job(new JobMetadata(id, submittedAt, label, retryOf, key, traceParent), visits, urls);
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
    }
}
