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
 * All stores of one version of the store master, by id and by area. Immutable, so thread-safe.
 *
 * <p>A submission looks up a store for each visit, up to a million times. So {@link #find} allocates nothing, unless
 * the id has blanks around it.
 */
public final class StoreRegistry {

    private static final Comparator<Store> BY_ID = Comparator.comparing(Store::id);

    /** Holds Optional values, so that a lookup allocates none. */
    private final Map<String, Optional<Store>> storesById;

    /** Sorted by id. */
    private final List<Store> all;

    /** The stores of each area are sorted by id. */
    private final Map<String, List<Store>> byArea;

    /**
     * Builds a registry of these stores.
     *
     * @param stores stores with trimmed ids, each id once
     * @throws IllegalArgumentException if an id is blank, not trimmed, or repeated
     */
    public StoreRegistry(Collection<Store> stores) {
        for (Store store : stores) {
            if (store.id().isEmpty() || !store.id().equals(UnicodeBlanks.trim(store.id()))) {
                throw new IllegalArgumentException("store id \"" + store.id() + "\" is blank or not trimmed");
            }
        }
        try {
            storesById = stores.stream().collect(Collectors.toUnmodifiableMap(Store::id, Optional::of));
        } catch (IllegalStateException duplicate) {
            throw new IllegalArgumentException("a store id is repeated", duplicate);
        }
        all = stores.stream().sorted(BY_ID).toList();
        byArea = all.stream().collect(Collectors.groupingBy(Store::area, Collectors.toUnmodifiableList()));
    }

    /**
     * Finds a store by its id. The id is trimmed; case matters.
     *
     * @param storeId any text, possibly blank
     */
    public Optional<Store> find(String storeId) {
        return storesById.getOrDefault(UnicodeBlanks.trim(storeId), Optional.empty());
    }

    /** Returns all stores, sorted by id. */
    public List<Store> all() {
        return all;
    }

    /** Returns the stores of an area, sorted by id; none for an unknown area. The code is trimmed. */
    public List<Store> inArea(String area) {
        return byArea.getOrDefault(UnicodeBlanks.trim(area), List.of());
    }

    /**
     * Returns the first stores that match, sorted by id.
     *
     * @param after returns only stores with a greater id, whether or not this id exists; null for no lower bound
     * @param limit the maximum number of stores
     */
    public List<Store> list(StoreFilter filter, @Nullable String after, int limit) {
        List<Store> candidates = filter.area().map(this::inArea).orElse(all);
        return candidates.subList(after == null ? 0 : firstAfter(after, candidates), candidates.size()).stream()
                .filter(filter.textPredicate())
                .limit(limit)
                .toList();
    }

    private static int firstAfter(String id, List<Store> stores) {
        int found = Collections.binarySearch(stores, new Store(id, "", ""), BY_ID);
        return found < 0 ? -found - 1 : found + 1;
    }

    /** Returns the number of stores. */
    public int size() {
        return all.size();
    }
}
