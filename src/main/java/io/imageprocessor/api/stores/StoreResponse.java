package io.imageprocessor.api.stores;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.stores.Store;

/** A store of the store master. */
record StoreResponse(
        @JsonProperty("store_id") String storeId,
        @JsonProperty("store_name") String storeName,
        @JsonProperty("area_code") String areaCode) {

    static StoreResponse of(Store store) {
        return new StoreResponse(store.id(), store.name(), store.area());
    }
}
