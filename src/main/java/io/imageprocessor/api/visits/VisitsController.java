package io.imageprocessor.api.visits;

import static java.util.Objects.requireNonNullElse;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.StreamedBody;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Returns the total perimeter per store and day over all stored jobs: {@code GET /api/visits}. */
@RestController
@RequiredArgsConstructor
class VisitsController {

    /** Requests at the same time. Each reads all stored jobs and may return a day for each of their visits. */
    private static final int MAX_CONCURRENT = 4;

    /** Days of a response that is not limited while it is written. */
    private static final int SMALL = 1_000;

    /** The days of all larger responses that are being written may take one part in this many of the heap. */
    private static final int HEAP_SHARE = 32;

    private static final int LARGE_DAYS =
            (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / HEAP_SHARE / VisitDays.BYTES_PER_DAY);

    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);

    /** Days of larger responses. One response may take all, so that none is too large. */
    private final Semaphore largeDays = new Semaphore(LARGE_DAYS);

    private final StoreMaster stores;
    private final JobQueries jobs;
    private final JsonMapper json;

    /**
     * Writes the visits to stores, by store id and day. Returns null, because the response was written already.
     *
     * @param startdate first day, in UTC
     * @param enddate last day, inclusive
     */
    @GetMapping(path = "/api/visits", produces = MediaType.APPLICATION_JSON_VALUE)
    @Nullable
    ResponseEntity<VisitsResponse> visits(
            @RequestParam @Nullable String area,
            @RequestParam @Nullable String storeid,
            @RequestParam @Nullable LocalDate startdate,
            @RequestParam @Nullable LocalDate enddate,
            HttpServletResponse response)
            throws IOException {
        List<Store> selected = stores(area, storeid);
        LocalDate first = requireNonNullElse(startdate, LocalDate.MIN);
        LocalDate last = requireNonNullElse(enddate, LocalDate.MAX);
        if (first.isAfter(last)) {
            throw RejectedException.badRequest("startdate must not be after enddate");
        }
        VisitDays days = days(selected, first, last);
        int held = Math.min(LARGE_DAYS, days.count());
        if (days.count() > SMALL && !largeDays.tryAcquire(held)) {
            throw tooMany();
        }
        try {
            StreamedBody.send(response, out -> days.writeTo(out, json));
        } finally {
            if (days.count() > SMALL) {
                largeDays.release(held);
            }
        }
        return null;
    }

    private VisitDays days(List<Store> selected, LocalDate first, LocalDate last) {
        if (!permits.tryAcquire()) {
            throw tooMany();
        }
        try {
            Set<String> ids = selected.stream().map(Store::id).collect(Collectors.toSet());
            return VisitDays.of(selected, jobs.visitTotals(ids, first, last));
        } finally {
            permits.release();
        }
    }

    private static RejectedException tooMany() {
        return RejectedException.unavailable("too many requests for visits at once; try again later");
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
}
