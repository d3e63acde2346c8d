package io.imageprocessor.stores;

import org.springframework.util.unit.DataSize;

/**
 * Limits of the store master.
 *
 * @param file largest size of the file
 * @param heap largest weight of its stores, by the estimate of {@link #weight}
 */
record StoreMasterLimits(DataSize file, DataSize heap) {

    /**
     * The current and the new stores exist at the same time during a reload, beside jobs, connections and responses.
     */
    private static final int SHARE_OF_HEAP = 8;

    /**
     * Heap that a store needs beside its characters: three strings, a record, an optional and entries of three indexes.
     */
    private static final int BYTES_PER_STORE = 200;

    static StoreMasterLimits of(StoreSettings settings) {
        return new StoreMasterLimits(
                settings.storeMasterMaxBytes(),
                DataSize.ofBytes(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    /** Returns the approximate heap of a store in bytes. */
    static long weight(Store store) {
        return BYTES_PER_STORE
                + 2L
                        * (store.id().length()
                                + store.name().length()
                                + store.area().length());
    }
}
