package io.imageprocessor.api.jobs;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Photos;
import io.imageprocessor.ServiceTest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Consistency of all numbers that clients read while a job runs. */
@ServiceTest("imageprocessor.download.private-networks=allow")
@EnableWireMock
class NumbersAgreeTest {

    private static final int GOOD = 300;
    private static final int MISSING = 30;
    private static final int OF_NO_STORE = 20;
    private static final int TOTAL = GOOD + MISSING + OF_NO_STORE;
    private static final List<String> STATES = List.of("pending", "running", "succeeded", "failed", "cancelled");
    private static final List<String> FINAL_STATES = List.of("succeeded", "failed", "cancelled");

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    @Test
    void numbersAgreeWhileAJobRunsAndAfterwards() {
        stubFor(get("/shelf.jpg")
                .willReturn(aResponse().withBody(Photos.photo("jpeg", 64, 48)).withFixedDelay(100)));
        ApiClient client = new ApiClient(port);
        String path = "/api/jobs/" + client.submitted(job());
        Set<String> seen = new HashSet<>();
        JsonNode before = json(client, path);
        do {
            Map<String, Integer> listed = listed(client, path);
            JsonNode after = json(client, path);

            assertAddsUp(before);
            assertThat(sum(listed)).isEqualTo(TOTAL);
            for (String state : FINAL_STATES) {
                // The images were listed between the two reads, and no image leaves a final state.
                assertThat(listed.getOrDefault(state, 0))
                        .as(state)
                        .isBetween(count(before, state), count(after, state));
            }
            seen.addAll(listed.keySet());
            before = after;
        } while (before.get("status").asString().equals("ongoing"));

        assertAddsUp(before);
        assertThat(before.get("status").asString()).isEqualTo("failed");
        assertThat(seen).contains("running", "succeeded", "failed");
        Map<String, Integer> listed = listed(client, path);
        assertThat(listed).containsOnly(Map.entry("succeeded", GOOD), Map.entry("failed", MISSING + OF_NO_STORE));
        for (String state : STATES) {
            JsonNode page = json(client, path + "/images?limit=1000&status=" + state);
            assertThat(page.get("items")).as(state).hasSize(count(before, state));
            assertThat(listed.getOrDefault(state, 0)).isEqualTo(count(before, state));
        }
        JsonNode item = json(client, "/api/jobs?limit=1000")
                .get("items")
                .valueStream()
                .filter(job -> path.endsWith("/" + job.get("job_id").asString()))
                .findAny()
                .orElseThrow();
        assertThat(item.get("counts")).isEqualTo(before.get("counts"));
        JsonNode stores = json(client, path + "/failed-stores").get("items");
        assertThat(before.get("failed_stores")).isEqualTo(stores);
        assertThat(before.get("failed_stores_count").asInt()).isEqualTo(stores.size());
        FailedStoresOverHttp.assertSameAsStatus(
                stores.valueStream().toList(),
                json(client, "/api/status?jobid=" + before.get("job_id").asString()));
        assertThat(stores.valueStream()
                        .mapToInt(store -> store.get("failed").asInt())
                        .sum())
                .isEqualTo(count(before, "failed"));
    }

    private static void assertAddsUp(JsonNode job) {
        assertThat(count(job, "total")).isEqualTo(TOTAL);
        assertThat(STATES.stream().mapToInt(state -> count(job, state)).sum()).isEqualTo(TOTAL);
        int finished =
                FINAL_STATES.stream().mapToInt(state -> count(job, state)).sum();
        assertThat(job.get("progress").asDouble()).isEqualTo((double) finished / TOTAL);
        boolean ongoing = job.get("status").asString().equals("ongoing");
        assertThat(ongoing).isEqualTo(finished < TOTAL);
        assertThat(job.get("finished_at").isNull()).isEqualTo(ongoing);
    }

    /** Counts the images of all pages by state. */
    private static Map<String, Integer> listed(ApiClient client, String path) {
        Map<String, Integer> states = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = json(client, path + "/images?limit=100" + cursor);
            page.get("items").forEach(image -> states.merge(image.get("status").asString(), 1, Integer::sum));
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asString();
        } while (!cursor.isEmpty());
        return states;
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static int count(JsonNode job, String state) {
        return job.get("counts").get(state).asInt();
    }

    private static JsonNode json(ApiClient client, String path) {
        return JsonMapper.shared().readTree(client.get(path).body());
    }

    private String job() {
        String good = urls(GOOD, "shelf.jpg");
        String missing = urls(MISSING, "missing.jpg");
        String unknownStore = urls(OF_NO_STORE, "shelf.jpg");
        return """
                {"count": 3, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"},
                  {"store_id": "S01408764", "image_url": [%s], "visit_time": "2023-03-15"},
                  {"store_id": "S00000000", "image_url": [%s], "visit_time": "2023-03-15"}]}
                """.formatted(good, missing, unknownStore);
    }

    private String urls(int images, String name) {
        return IntStream.range(0, images)
                .mapToObj(_ -> "\"%s/%s\"".formatted(origin, name))
                .collect(Collectors.joining(","));
    }
}
