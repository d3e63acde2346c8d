package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads and compares the failed stores of finished jobs, as clients do. */
public final class FailedStoresOverHttp {

    private FailedStoresOverHttp() {}

    /**
     * Returns the failed stores of all pages.
     *
     * @param get returns the JSON of a path
     */
    public static List<JsonNode> all(String jobId, int limit, Function<String, JsonNode> get) {
        List<JsonNode> stores = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get.apply("/api/jobs/" + jobId + "/failed-stores?limit=" + limit + cursor);
            assertThat(page.get("items").size()).isLessThanOrEqualTo(limit);
            page.get("items").forEach(stores::add);
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asString();
        } while (!cursor.isEmpty());
        return stores;
    }

    /** Asserts that these failed stores are those of the response of {@code /api/status}, entry by entry. */
    public static void assertSameAsStatus(List<JsonNode> stores, JsonNode status) {
        List<JsonNode> errors =
                status.has("error") ? status.get("error").valueStream().toList() : List.of();
        assertThat(stores).as("failed stores of %s", status.get("job_id")).hasSameSizeAs(errors);
        for (int i = 0; i < errors.size(); i++) {
            JsonNode store = stores.get(i);
            assertThat(errors.get(i).get("store_id")).isEqualTo(store.get("store_id"));
            assertThat(errors.get(i).get("error").asString())
                    .as("failed store %s", store)
                    .isEqualTo(store.get("message").asString() + extent(store));
        }
    }

    private static String extent(JsonNode store) {
        int failed = store.get("failed").asInt();
        int cancelled = store.get("cancelled").asInt();
        int images = store.get("images").asInt();
        if (store.get("code").asString().equals("store_not_found")) {
            return "";
        }
        return failed > 0 && cancelled > 0
                ? " (%d of %d images failed, %d were cancelled)".formatted(failed, images, cancelled)
                : " (%d of %d images failed)".formatted(failed + cancelled, images);
    }
}
