package io.imageprocessor.job;

import io.imageprocessor.stores.Store;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A visit to a store, with its time and the range of its images in the job. A job may have a million visits, so the
 * time is two numbers instead of an object. Immutable.
 */
public final class Visit {

    private final String storeId;
    private final @Nullable Store store;
    private final long timeSeconds;
    private final int timeNanos;
    private final int firstImage;
    private final int imageCount;

    Visit(String storeId, Optional<Store> store, Instant time, int firstImage, int imageCount) {
        this.storeId = store.map(Store::id).orElse(storeId);
        this.store = store.orElse(null);
        this.timeSeconds = time.getEpochSecond();
        this.timeNanos = time.getNano();
        this.firstImage = firstImage;
        this.imageCount = imageCount;
    }

    /**
     * Restores a stored visit.
     *
     * @param store the store at the time of the submission; empty if it was unknown
     */
    public static Visit restored(String storeId, Optional<Store> store, Instant time, int firstImage, int imageCount) {
        return new Visit(storeId, store, time, firstImage, imageCount);
    }

    /** Returns the store id as in the store master, or as the client sent it if the store is unknown. */
    public String storeId() {
        return storeId;
    }

    /** Returns the store at the time of the submission; empty if it was unknown. */
    public Optional<Store> store() {
        return Optional.ofNullable(store);
    }

    public Instant time() {
        return Instant.ofEpochSecond(timeSeconds, timeNanos);
    }

    /** Returns the index of the first image in the job. */
    public int firstImage() {
        return firstImage;
    }

    /** Returns the index after the last image in the job. */
    public int endImage() {
        return firstImage + imageCount;
    }

    public int imageCount() {
        return imageCount;
    }
}
