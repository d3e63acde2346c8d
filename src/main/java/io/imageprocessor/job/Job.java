package io.imageprocessor.job;

import java.util.List;

/**
 * A job as it was accepted: its visits and the URLs of their images, with indexes from 0 in the order of the
 * submission. Immutable and compact. {@link JobQueries} has its state.
 */
public final class Job {

    private static final int WEIGHT_PER_JOB = 4;
    private static final int TYPICAL_URL_BYTES = 256;

    private final JobMetadata metadata;
    private final List<Visit> visits;
    private final UrlList urls;
    private final HeapReservation heap;

    Job(JobMetadata metadata, List<Visit> visits, UrlList urls, HeapReservation heap) {
        this.metadata = metadata;
        this.visits = List.copyOf(visits);
        this.urls = urls;
        this.heap = heap;
    }

    public JobMetadata metadata() {
        return metadata;
    }

    public JobId id() {
        return metadata.id();
    }

    /** Returns the visits in the order of the submission; their image indexes are contiguous. */
    public List<Visit> visits() {
        return visits;
    }

    public int imageCount() {
        return urls.size();
    }

    /**
     * Returns the memory use of the job as a number of typical images. A job adds a few images, and long URLs count as
     * several images.
     */
    public long weight() {
        return (long) WEIGHT_PER_JOB + Math.max(imageCount(), urls.bytes() / TYPICAL_URL_BYTES);
    }

    /** Returns the bytes that are reserved for the job. A storage that keeps the job in the heap takes them over. */
    public HeapReservation heap() {
        return heap;
    }

    /** Returns the URL of an image as the client sent it. */
    public String url(int index) {
        return urls.get(index);
    }

    /** Returns the visit of an image. */
    public Visit visitOf(int index) {
        int low = 0;
        int high = visits.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (visits.get(middle).firstImage() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return visits.get(low);
    }

    /** Returns whether the job has a visit to this store, known or not. */
    boolean hasVisitTo(String storeId) {
        return visits.stream().anyMatch(visit -> visit.storeId().equals(storeId));
    }

    /** Returns the number of images whose store is known; only these are downloaded. */
    public int downloadableImages() {
        return visits.stream()
                .filter(visit -> visit.store().isPresent())
                .mapToInt(Visit::imageCount)
                .sum();
    }
}
