package io.imageprocessor.stores;

import java.util.Optional;

/**
 * The differences between two versions of the store master.
 *
 * @param stores number of stores in the new version
 * @param added number of stores with a new id
 * @param removed number of stores whose id no longer exists
 * @param changed number of stores with the same id and another name or area
 */
public record StoreChanges(int stores, int added, int removed, int changed) {

    static StoreChanges between(StoreRegistry before, StoreRegistry after) {
        int kept = 0;
        int changed = 0;
        for (Store store : after.all()) {
            Optional<Store> known = before.find(store.id());
            if (known.isPresent()) {
                kept++;
                changed += known.get().equals(store) ? 0 : 1;
            }
        }
        return new StoreChanges(after.size(), after.size() - kept, before.size() - kept, changed);
    }
}
