package io.imageprocessor.api.visits;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.stores.Store;
import java.time.LocalDate;
import java.util.List;

/** Perimeters with exactly the keys of the older specification; stores without measured images are left out. */
record VisitsResponse(List<StoreVisits> results) {

    /** The days of one store, earliest first. */
    record StoreVisits(
            @JsonProperty("store_id") String storeId,
            String area,
            @JsonProperty("store_name") String storeName,
            List<Day> data) {

        /** Returns the store without its days, which {@link VisitDays} writes. */
        static StoreVisits of(Store store) {
            return new StoreVisits(store.id(), store.area(), store.name(), List.of());
        }
    }

    /** Sum of the perimeters of all images measured on the visits of a day, in pixels. */
    record Day(LocalDate date, long perimeter) {}
}
