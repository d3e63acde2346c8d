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
    private long reserved;

    /** The part of {@link #bytes} that is needed until the job is finished. */
    private long unfinished;

    private long urlBytes;
    private int visitsToKnownStores;

    /** Why nothing of the job is kept any more. */
    private @Nullable SubmissionRejectedException rejection;

    /** @param stores number of known stores */
    JobWeigher(HeapCosts costs, HeapReservation reservation, int stores) {
        this.costs = costs;
        this.reservation = reservation;
        this.stores = stores;
        this.bytes = costs.job();
        this.unfinished = costs.unfinishedJob();
    }

    /**
     * Adds an image of a visit that has not ended.
     *
     * @param length bytes of its URL
     */
    void addImage(String url, int length) {
        long size = (long) costs.image() + costs.result() + length;
        if (urlBytes < HeapCosts.COPIED_URLS) {
            size += (long) costs.copies() * length;
        }
        urlBytes += length;
        unfinished += costs.unfinishedImage();
        // Hosts are not remembered without a reservation; then they count nothing.
        if (costs.host() > 0 && rejection == null) {
            long host = hosts.add(url)
                    .map(name -> costs.host() + HeapCosts.of(name))
                    .orElse(0L);
            unfinished += host;
            size += host;
        }
        add(size);
    }

    /** Adds a visit whose images were added. */
    void endVisit(String storeId, boolean known, int images) {
        long size = costs.visit();
        if (!known) {
            // All images of unknown stores have the same result.
            size += HeapCosts.of(storeId) + costs.failedStore() - (long) images * costs.result();
        } else if (visitsToKnownStores < stores) {
            visitsToKnownStores++;
            size += costs.failedStore();
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
        if (rejection != null) {
            reservation.requirePossible(needed);
        } else if (needed > reserved) {
            try {
                reserved = reservation.growTo(needed);
            } catch (SubmissionRejectedException e) {
                rejection = e;
                reservation.close();
                hosts.clear();
            }
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
        reservation.complete(bytes, unfinished);
        return reservation;
    }

    /** Releases the reservation, unless a storage keeps the job. */
    void close() {
        reservation.closeUnlessKept();
    }
}
