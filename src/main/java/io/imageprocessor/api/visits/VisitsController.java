package io.imageprocessor.api.visits;

import static java.util.Objects.requireNonNullElse;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.visits.VisitsResponse.StoreVisits;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Returns the total perimeter per store and day over all stored jobs: {@code GET /api/visits}. */
@RestController
@RequiredArgsConstructor
class VisitsController {

    /** Requests at the same time. Each reads all stored jobs and may return a day for each of their visits. */
    private static final int MAX_CONCURRENT = 4;

    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);
    private final StoreMaster stores;
    private final JobQueries jobs;

    /**
     * Returns the visits to stores, by store id and day.
     *
     * @param startdate first day, in UTC
     * @param enddate last day, inclusive
     */
    @GetMapping(path = "/api/visits", produces = MediaType.APPLICATION_JSON_VALUE)
    VisitsResponse visits(
            @RequestParam @Nullable String area,
            @RequestParam @Nullable String storeid,
            @RequestParam @Nullable LocalDate startdate,
            @RequestParam @Nullable LocalDate enddate) {
        List<Store> selected = stores(area, storeid);
        LocalDate first = requireNonNullElse(startdate, LocalDate.MIN);
        LocalDate last = requireNonNullElse(enddate, LocalDate.MAX);
        if (first.isAfter(last)) {
            throw RejectedException.badRequest("startdate must not be after enddate");
        }
        if (!permits.tryAcquire()) {
            throw RejectedException.unavailable("too many requests for visits at once; try again later");
        }
        try {
            Map<String, List<VisitTotal>> totals = totals(selected, first, last);
            return new VisitsResponse(selected.stream()
                    .filter(store -> totals.containsKey(store.id()))
                    .map(store -> StoreVisits.of(store, totals.getOrDefault(store.id(), List.of())))
                    .toList());
        } finally {
            permits.release();
        }
    }

    private List<Store> stores(@Nullable String area, @Nullable String storeId) {
        if (area == null && storeId == null) {
            throw RejectedException.badRequest("area or storeid is required");
        }
        StoreRegistry known = stores.current();
        List<Store> inArea = area == null ? known.all() : known.inArea(area);
        if (inArea.isEmpty()) {
            throw RejectedException.badRequest("area is not in the store master");
        }
        if (storeId == null) {
            return inArea;
        }
        Store store = known.find(storeId)
                .orElseThrow(() -> RejectedException.badRequest("storeid is not in the store master"));
        if (area != null && !inArea.contains(store)) {
            throw RejectedException.badRequest("storeid is not in area");
        }
        return List.of(store);
    }

    private Map<String, List<VisitTotal>> totals(List<Store> selected, LocalDate first, LocalDate last) {
        Set<String> ids = selected.stream().map(Store::id).collect(Collectors.toSet());
        return jobs.visitTotals(ids, first, last).stream()
                .sorted(Comparator.comparing(VisitTotal::date))
                .collect(Collectors.groupingBy(VisitTotal::storeId));
    }
}
