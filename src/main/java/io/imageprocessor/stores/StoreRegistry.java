package io.imageprocessor.stores;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stores that exist, by id and by area. It never changes once built, so any number of threads may ask it at once.
 *
 * <p>A submission asks once per visit, up to a million times: {@link #find} allocates nothing unless the id has
 * whitespace around it.
 */
public final class StoreRegistry {

    private static final Comparator<Store> BY_ID = Comparator.comparing(Store::id);

    // The answers themselves are kept, so that a lookup hands one out instead of wrapping the store anew.
    private final Map<String, Optional<Store>> answers;
    /** In the order of their ids, as are those of each area. */
    private final List<Store> all;

    private final Map<String, List<Store>> byArea;

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
        all = stores.stream().sorted(BY_ID).toList();
        byArea = all.stream().collect(Collectors.groupingBy(Store::area, Collectors.toUnmodifiableList()));
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

    /** All stores, in the order of their ids. */
    public List<Store> all() {
        return all;
    }

    /**
     * The stores of the area with this code, which is trimmed, in the order of their ids; none if there is no such
     * area.
     */
    public List<Store> inArea(String area) {
        return byArea.getOrDefault(area.strip(), List.of());
    }

    /**
     * The first stores that fit, in the order of their ids.
     *
     * @param after the id behind which to begin, of a store or not; null to begin with the first store
     */
    public List<Store> list(StoreFilter filter, @Nullable String after, int limit) {
        List<Store> candidates = filter.area().map(this::inArea).orElse(all);
        return candidates.subList(after == null ? 0 : firstAfter(after, candidates), candidates.size()).stream()
                .filter(filter.hasText())
                .limit(limit)
                .toList();
    }

    private static int firstAfter(String id, List<Store> stores) {
        int found = Collections.binarySearch(stores, new Store(id, "", ""), BY_ID);
        return found < 0 ? -found - 1 : found + 1;
    }

    /** Returns how many stores there are. */
    public int size() {
        return all.size();
    }
}
