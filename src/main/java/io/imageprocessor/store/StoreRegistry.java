package io.imageprocessor.store;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The stores that exist, by id. It never changes once built, so any number of threads may ask it at once.
 *
 * <p>A submission asks once per visit, up to a million times: {@link #find} allocates nothing unless the id has
 * whitespace around it.
 */
public final class StoreRegistry {

    // The answers themselves are kept, so that a lookup hands one out instead of wrapping the store anew.
    private final Map<String, Optional<Store>> answers;

    /**
     * Builds a registry of these stores.
     *
     * @param stores stores with trimmed ids, each id once
     * @throws IllegalArgumentException if an id is blank, not trimmed, or there twice
     */
    public StoreRegistry(Collection<Store> stores) {
        for (Store store : stores) {
            if (store.id().isBlank() || !store.id().equals(store.id().strip())) {
                throw new IllegalArgumentException("store id \"" + store.id() + "\" is blank or not trimmed");
            }
        }
        try {
            answers = stores.stream().collect(Collectors.toUnmodifiableMap(Store::id, Optional::of));
        } catch (IllegalStateException duplicate) {
            throw new IllegalArgumentException("a store id is there twice", duplicate);
        }
    }

    /**
     * Looks a store up by its id, which is trimmed and then compared exactly, upper and lower case being different.
     *
     * @param storeId any text, blank included
     * @return the store, or empty if there is none of this id
     */
    public Optional<Store> find(String storeId) {
        return answers.getOrDefault(storeId.strip(), Optional.empty());
    }

    /** Returns how many stores there are. */
    public int size() {
        return answers.size();
    }
}
