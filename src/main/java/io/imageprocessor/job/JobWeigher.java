package io.imageprocessor.job;

import org.jspecify.annotations.Nullable;

/**
 * Weighs a job while it is read, and reserves its bytes before they are allocated. When there is no room, it only
 * weighs on: a job that would not fit an empty service must be rejected as such, however full the service is now. Not
 * thread-safe.
 */
final class JobWeigher {

    private final HeapCosts costs;
    private final HeapReservation reservation;
    private final int stores;
    private final DistinctHosts hosts = new DistinctHosts();

    private long bytes;

    /** The bytes that need no further reservation; 0 after a rejection. */
    private long reserved;

    private int images;
    private long urlBytes;
    private long hostBytes;
    private int visitsToKnownStores;

    /** Why nothing of the job is kept any more. */
    private @Nullable SubmissionRejectedException rejection;

    /** @param stores number of known stores */
    JobWeigher(HeapCosts costs, HeapReservation reservation, int stores) {
        this.costs = costs;
        this.reservation = reservation;
        this.stores = stores;
        this.bytes = costs.job();
    }

    /**
     * Adds an image of a visit that has not ended. Its result is added with the visit, because the store may come after
     * the images, and images of unknown stores share one result. So the bytes only grow, and a job that exceeds the
     * limit once is too large.
     *
     * @param utf8 the same URL, as it is kept
     */
    void addImage(String url, byte[] utf8) {
        int length = utf8.length;
        if (urlBytes < HeapCosts.COPIED_URLS) {
            bytes += (long) costs.copies() * length;
        }
        images++;
        urlBytes += length;
        bytes += costs.image() + length;
        // Hosts are not remembered without a reservation; then they count nothing.
        if (costs.host() > 0 && rejection == null && hosts.add(url, utf8)) {
            addHost();
        }
        require(bytes);
    }

    private void addHost() {
        long size = costs.host() + HeapCosts.of(hosts.last());
        hostBytes += size;
        bytes += size;
    }

    /** Adds a visit whose images were added. */
    void endVisit(String storeId, boolean known, int imagesOfVisit) {
        long size = costs.visit();
        if (!known) {
            size += HeapCosts.of(storeId) + costs.failedStore();
        } else {
            size += (long) imagesOfVisit * costs.result();
            if (visitsToKnownStores < stores) {
                visitsToKnownStores++;
                size += costs.failedStore();
            }
        }
        add(size);
    }

    /** Keeps a job from being removed for this one, which retries it. */
    void spare(JobId retried) {
        reservation.spare(retried);
    }

    /** Adds a text of the job itself. */
    void addText(String text) {
        add(HeapCosts.of(text));
    }

    /**
     * Makes sure that there is room for a text that is being read, and may be dropped afterwards.
     *
     * @throws SubmissionRejectedException if there is no room
     */
    void addTemporary(long length) {
        require(bytes + length);
        if (rejection != null) {
            throw rejection;
        }
    }

    private void require(long needed) {
        if (needed > reserved) {
            reserve(needed);
        }
    }

    private void reserve(long needed) {
        if (rejection != null) {
            reservation.requirePossible(needed);
            return;
        }
        try {
            reserved = reservation.growTo(needed);
        } catch (SubmissionRejectedException e) {
            rejection = e;
            reserved = 0;
            reservation.close();
            hosts.clear();
        }
    }

    /** Returns whether there was no room for the job, so that nothing of it may be kept. */
    boolean isRejected() {
        return rejection != null;
    }

    private void add(long size) {
        bytes += size;
        require(bytes);
    }

    /**
     * Returns the reservation of a complete job, in its exact size.
     *
     * @throws SubmissionRejectedException if there was no room for the job
     */
    HeapReservation complete() {
        require(bytes);
        if (rejection != null) {
            throw rejection;
        }
        reservation.complete(bytes, costs.unfinishedJob() + (long) images * costs.unfinishedImage() + hostBytes);
        return reservation;
    }

    /** Releases the reservation, unless a storage keeps the job. */
    void close() {
        reservation.closeUnlessKept();
    }
}
