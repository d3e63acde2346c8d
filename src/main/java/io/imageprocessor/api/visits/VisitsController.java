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

/** What was measured at stores by day, over all jobs that are kept: {@code GET /api/visits}. */
@RestController
@RequiredArgsConstructor
class VisitsController {

    /** Each looks through all jobs that are kept, and may find a day for each of their visits. */
    private static final int MAX_AT_ONCE = 4;

    private final Semaphore places = new Semaphore(MAX_AT_ONCE);
    private final StoreMaster stores;
    private final JobQueries jobs;

    /**
     * At stores, which come in the order of their ids.
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
        List<Store> asked = stores(area, storeid);
        LocalDate first = requireNonNullElse(startdate, LocalDate.MIN);
        LocalDate last = requireNonNullElse(enddate, LocalDate.MAX);
        if (first.isAfter(last)) {
            throw RejectedException.badRequest("startdate must not be after enddate");
        }
        if (!places.tryAcquire()) {
            throw RejectedException.unavailable("too many clients ask for visits at once; try again later");
        }
        try {
            Map<String, List<VisitTotal>> totals = totals(asked, first, last);
            return new VisitsResponse(asked.stream()
                    .filter(store -> totals.containsKey(store.id()))
                    .map(store -> StoreVisits.of(store, totals.getOrDefault(store.id(), List.of())))
                    .toList());
        } finally {
            places.release();
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

    private Map<String, List<VisitTotal>> totals(List<Store> asked, LocalDate first, LocalDate last) {
        Set<String> ids = asked.stream().map(Store::id).collect(Collectors.toSet());
        return jobs.visitTotals(ids, first, last).stream()
                .sorted(Comparator.comparing(VisitTotal::date))
                .collect(Collectors.groupingBy(VisitTotal::storeId));
    }
}
