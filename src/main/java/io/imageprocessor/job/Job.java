package io.imageprocessor.job;

import java.util.List;

/**
 * A submitted job as it was accepted: visits, and the URLs of their images numbered from 0 in the order of the
 * submission. Immutable and compact; where the job stands is asked of the {@link JobStore}.
 */
public final class Job {

    private static final int WEIGHT_OF_A_JOB = 4;
    private static final int ORDINARY_URL_BYTES = 256;

    private final JobMetadata head;
    private final List<Visit> visits;
    private final UrlList urls;

    Job(JobMetadata head, List<Visit> visits, UrlList urls) {
        this.head = head;
        this.visits = List.copyOf(visits);
        this.urls = urls;
    }

    public JobMetadata head() {
        return head;
    }

    public JobId id() {
        return head.id();
    }

    /** In the order of the submission; their images follow one another without a gap. */
    public List<Visit> visits() {
        return visits;
    }

    public int imageCount() {
        return urls.size();
    }

    /**
     * What the job weighs in memory, in images of an ordinary job: a job of its own weighs as much as a few images, and
     * long URLs as more of them.
     */
    public long weight() {
        return (long) WEIGHT_OF_A_JOB + Math.max(imageCount(), urls.bytes() / ORDINARY_URL_BYTES);
    }

    /** URL of the image with this index, as the client sent it. */
    public String url(int index) {
        return urls.get(index);
    }

    /** The visit that the image with this index belongs to. */
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

    /** Whether a visit of the job was to this store, known or not. */
    boolean hasVisitTo(String storeId) {
        return visits.stream().anyMatch(visit -> visit.storeId().equals(storeId));
    }

    /** How many images are to be downloaded: those whose store is known. */
    public int downloadableImages() {
        return visits.stream()
                .filter(visit -> visit.store().isPresent())
                .mapToInt(Visit::imageCount)
                .sum();
    }
}
