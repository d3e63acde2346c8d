package io.imageprocessor.api.stores;

import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.Page;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreChanges;
import io.imageprocessor.stores.StoreFilter;
import io.imageprocessor.stores.StoreMaster;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import lombok.RequiredArgsConstructor;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Returns stores and reloads the store master: {@code GET /api/stores}, {@code GET /api/stores/{id}} and {@code POST
 * /api/stores/reload}.
 */
@RestController
@RequestMapping(path = "/api/stores", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredArgsConstructor
class StoresController {

    private static final String LIST = "stores";

    private final StoreMaster stores;
    private final AtomicBoolean reloading = new AtomicBoolean();

    @GetMapping("/{id}")
    StoreResponse store(@PathVariable String id) {
        return stores.current()
                .find(id)
                .map(StoreResponse::of)
                .orElseThrow(() -> new RejectedException(HttpStatus.NOT_FOUND, "there is no such store"));
    }

    /**
     * Returns the matching stores by id.
     *
     * @param q part of the id or the name, ignoring case
     */
    @GetMapping
    ResponseEntity<Page<StoreResponse>> stores(
            @RequestParam @Nullable String area,
            @RequestParam @Nullable String q,
            @RequestParam(defaultValue = Page.DEFAULT_LIMIT)
                    @Range(min = 1, max = Page.MAX_LIMIT, message = Page.LIMIT_MESSAGE)
                    int limit,
            @RequestParam @Nullable Cursor cursor) {
        List<Store> found = stores.current()
                .list(
                        new StoreFilter(Optional.ofNullable(area), Optional.ofNullable(q)),
                        cursor == null ? null : cursor.keyIn(LIST, Optional::of),
                        limit + 1);
        return Page.of(found, limit, StoreResponse::of, store -> new Cursor(LIST, store.id()))
                .response();
    }

    /** Reloads the store master. Earlier jobs keep the stores that they were submitted with. */
    @PostMapping("/reload")
    ReloadResponse reload() {
        if (!reloading.compareAndSet(false, true)) {
            throw RejectedException.unavailable("the store master is already being reloaded; try again later");
        }
        try {
            StoreChanges changes = stores.reload();
            return new ReloadResponse(changes.stores(), changes.added(), changes.removed(), changes.changed());
        } finally {
            reloading.set(false);
        }
    }

    /** The number of stores now, and of those that were added, removed, or changed in name or area. */
    record ReloadResponse(int stores, int added, int removed, int changed) {}
}
