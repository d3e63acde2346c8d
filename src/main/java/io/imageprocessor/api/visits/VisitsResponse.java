package io.imageprocessor.api.visits;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.stores.Store;
import java.time.LocalDate;
import java.util.List;

/** What was measured, in exactly the keys of the older specification; stores where nothing was are left out. */
record VisitsResponse(List<StoreVisits> results) {

    /** What was measured at a store, earliest day first. */
    record StoreVisits(
            @JsonProperty("store_id") String storeId,
            String area,
            @JsonProperty("store_name") String storeName,
            List<Day> data) {

        static StoreVisits of(Store store, List<VisitTotal> totals) {
            return new StoreVisits(
                    store.id(),
                    store.area(),
                    store.name(),
                    totals.stream().map(Day::of).toList());
        }
    }

    /** The perimeters of all images measured on the visits of a day, added up, in pixels. */
    record Day(LocalDate date, long perimeter) {

        static Day of(VisitTotal total) {
            return new Day(total.date(), total.perimeter());
        }
    }
}
