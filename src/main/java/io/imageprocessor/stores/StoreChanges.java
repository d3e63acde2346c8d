package io.imageprocessor.stores;

import java.util.Optional;

/**
 * What is different after the store master was read again.
 *
 * @param stores how many there are now
 * @param added those whose id is new
 * @param removed those whose id is gone
 * @param changed those that kept their id and have another name or area
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
