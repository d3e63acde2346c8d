package io.imageprocessor.job;

import io.imageprocessor.stores.StoreRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job that is still being read: images are added as they come, each visit is closed with {@link #endVisit}, and
 * nothing is accepted before {@link JobService#submit}. Room in the queue is reserved image by image, so that what is
 * being read is bounded like what waits. Closing a draft that was not submitted gives that room back. Not thread-safe.
 */
public final class JobDraft implements AutoCloseable {

    /** Longer than any URL that is downloaded: what is longer fails its image, and need not be kept whole for that. */
    private static final int KEPT_URL_LENGTH = 10_000;

    private final StoreRegistry stores;
    private final Reservation room;
    private final int maxImages;

    private Optional<String> label = Optional.empty();
    private Optional<JobId> retryOf = Optional.empty();
    private Optional<IdempotencyKey> key = Optional.empty();
    private Optional<TraceParent> traceParent = Optional.empty();
    private final UrlList urls = new UrlList();
    private final List<Visit> visits = new ArrayList<>();
    private int firstImageOfVisit;

    JobDraft(StoreRegistry stores, Reservation room, int maxImages) {
        this.stores = stores;
        this.room = room;
        this.maxImages = maxImages;
    }

    /**
     * Adds an image to the visit that is being read. Any text is taken: a URL that is none fails its image, later.
     *
     * @throws TooManyImagesException if the job holds as many images as it may
     * @throws SubmissionRejectedException if the queue has no room for it now
     */
    public void addImage(String url) {
        if (urls.size() == maxImages) {
            throw new TooManyImagesException(maxImages);
        }
        room.addImage();
        urls.add(url.length() <= KEPT_URL_LENGTH ? url : url.substring(0, KEPT_URL_LENGTH));
    }

    /** Names the job, for people. */
    public void label(String text) {
        label = Optional.of(text);
    }

    /** The key under which the job is submitted; it has to be granted. */
    public void key(IdempotencyKey granted) {
        key = Optional.of(granted);
    }

    /** The span of the submission. */
    public void traceParent(TraceParent span) {
        traceParent = Optional.of(span);
    }

    /** The job whose failed images this one tries again. */
    void retryOf(JobId failed) {
        retryOf = Optional.of(failed);
    }

    /** Closes the visit that is being read. */
    public void endVisit(String storeId, Instant time) {
        int images = imagesInVisit();
        visits.add(new Visit(storeId, stores.find(storeId), time, firstImageOfVisit, images));
        firstImageOfVisit = urls.size();
    }

    /** How many images were added since the last visit was closed. */
    public int imagesInVisit() {
        return urls.size() - firstImageOfVisit;
    }

    /** How many visits were closed. */
    public int visitCount() {
        return visits.size();
    }

    /** Returns the job that was drafted. */
    Job complete(JobId id, Instant submittedAt) {
        if (visits.isEmpty() || imagesInVisit() > 0) {
            throw new IllegalStateException("a draft is complete when it has visits and each was closed");
        }
        urls.trim();
        return new Job(new JobMetadata(id, submittedAt, label, retryOf, key, traceParent), visits, urls);
    }

    /** Hands the room of the job's downloadable images over to the queue, which has accepted them. */
    void accepted(Job job) {
        room.handOver(job.downloadableImages());
    }

    @Override
    public void close() {
        room.close();
    }
}
