package io.imageprocessor.job;

import io.imageprocessor.stores.Store;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A visit to a store: which store, when, and which of the job's images were taken there. A job may have a million, so
 * the time is kept in two numbers.
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
     * A visit as it was kept.
     *
     * @param store as it was known when the job was submitted
     */
    public static Visit restored(String storeId, Optional<Store> store, Instant time, int firstImage, int imageCount) {
        return new Visit(storeId, store, time, firstImage, imageCount);
    }

    /** The store's id as the store master has it, or as the client sent it if the store is unknown. */
    public String storeId() {
        return storeId;
    }

    /** The store as it was known when the job was submitted; empty if it was not. */
    public Optional<Store> store() {
        return Optional.ofNullable(store);
    }

    public Instant time() {
        return Instant.ofEpochSecond(timeSeconds, timeNanos);
    }

    /** Index in the job of the visit's first image. */
    public int firstImage() {
        return firstImage;
    }

    /** Index in the job of the first image after the visit's. */
    public int endImage() {
        return firstImage + imageCount;
    }

    public int imageCount() {
        return imageCount;
    }
}
