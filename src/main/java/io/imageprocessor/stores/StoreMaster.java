package io.imageprocessor.stores;

import java.util.function.Supplier;
import lombok.extern.slf4j.Slf4j;

/**
 * The store master: the stores as they are now. They may change while the service runs; whoever needs the same answers
 * for a while keeps the registry. Thread-safe.
 */
@Slf4j
public final class StoreMaster {

    private final Supplier<StoreRegistry> source;
    private volatile StoreRegistry current;
    private volatile boolean stale;

    /** Reads the stores for the first time. */
    public StoreMaster(Supplier<StoreRegistry> source) {
        this.source = source;
        this.current = source.get();
    }

    /** The stores as they are now; these never change. */
    public StoreRegistry current() {
        return current;
    }

    /** Whether the stores are those from before, since they could not be read when it was last tried. */
    boolean isStale() {
        return stale;
    }

    /**
     * Reads the stores again.
     *
     * @return what is different now
     * @throws StoreMasterException if they cannot be read; the current ones stay
     */
    public synchronized StoreChanges reload() {
        StoreRegistry next = read();
        StoreChanges changes = StoreChanges.between(current, next);
        current = next;
        log.info(
                "Read the store master again: {} stores, {} added, {} removed, {} changed",
                changes.stores(),
                changes.added(),
                changes.removed(),
                changes.changed());
        return changes;
    }

    private StoreRegistry read() {
        try {
            StoreRegistry next = source.get();
            stale = false;
            return next;
        } catch (RuntimeException e) {
            stale = true;
            throw e;
        }
    }
}
