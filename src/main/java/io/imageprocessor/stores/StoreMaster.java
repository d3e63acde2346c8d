package io.imageprocessor.stores;

import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import java.util.function.Supplier;
import lombok.extern.slf4j.Slf4j;

/**
 * Holds the current stores, which a reload replaces while the service runs. A caller that needs a consistent view keeps
 * the registry. Thread-safe.
 */
@Slf4j
public final class StoreMaster {

    private final Supplier<StoreRegistry> source;
    private final RateLimitedLog events = RateLimitedLog.ofEvents(log);
    private volatile StoreRegistry current;
    private volatile boolean stale;

    /** @param source reads the stores; called here for the first time */
    public StoreMaster(Supplier<StoreRegistry> source) {
        this.source = source;
        this.current = source.get();
    }

    /** Returns the current stores. The returned registry never changes. */
    public StoreRegistry current() {
        return current;
    }

    /** Returns whether the last reload failed, so that the previous stores are still in use. */
    boolean isStale() {
        return stale;
    }

    /**
     * Reads the stores again.
     *
     * @return the differences to the previous stores
     * @throws StoreMasterException if the stores cannot be read; the current ones stay in use
     */
    public synchronized StoreChanges reload() {
        StoreRegistry next = read();
        StoreChanges changes = StoreChanges.between(current, next);
        current = next;
        events.info(
                "reloaded the store master: {} stores, {} added, {} removed, {} changed",
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
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            stale = true;
            throw e;
        }
    }
}
