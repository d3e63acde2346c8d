package io.imageprocessor.store;

import java.util.function.Supplier;

/**
 * The store master: the stores as they are now. They may change while the service runs; whoever needs the same answers
 * for a while keeps the registry. Thread-safe.
 */
public final class StoreMaster {

    private final Supplier<StoreRegistry> source;
    private volatile StoreRegistry current;

    /** Reads the stores for the first time. */
    public StoreMaster(Supplier<StoreRegistry> source) {
        this.source = source;
        this.current = source.get();
    }

    /** The stores as they are now; these never change. */
    public StoreRegistry current() {
        return current;
    }

    /**
     * Reads the stores again.
     *
     * @throws StoreMasterException if they cannot be read; the current ones stay
     */
    public synchronized StoreRegistry reload() {
        current = source.get();
        return current;
    }
}
