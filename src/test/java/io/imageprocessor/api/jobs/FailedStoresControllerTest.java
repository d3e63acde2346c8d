package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.Jobs;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class FailedStoresControllerTest extends JobsOverHttp {

    private static final int STORES = 250;

    @Test
    void pagesThroughAllFailedStoresOfAnOngoingJob() {
        Job job = saved(unknownStores(jobs()).visit("S1", "http://a/0"));
        String id = job.id().toString();

        List<JsonNode> stores = FailedStoresOverHttp.all(id, 100, path -> json(client.get(path)));

        assertThat(stores).hasSize(STORES);
        assertThat(stores.get(1)).hasToString("""
                {"store_id":"unknown 1","code":"store_not_found","message":"store not found",\
                "failed":2,"cancelled":0,"images":2}""");
        JsonNode body = json(client.get("/api/jobs/" + id));
        assertThat(body.get("failed_stores").valueStream().toList()).isEqualTo(stores.subList(0, 100));
        assertThat(body.get("failed_stores_count").asInt()).isEqualTo(STORES);
    }

    @Test
    void hasTheEntriesOfTheOldStatusInTheSameOrder() {
        Job job = saved(unknownStores(jobs().visit("S1", "http://a/0", "http://a/1")));
        work(job, 0, FAILED);
        String id = job.id().toString();
        HttpResponse<String> cancelled = client.method("POST", "/api/jobs/" + id + "/cancel");
        assertThat(json(cancelled).get("failed_stores_count").asInt()).isEqualTo(STORES + 1);
        assertThat(json(cancelled).get("failed_stores")).hasSize(100);

        HttpResponse<String> status = client.status(id);

        assertThat(status.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(status.body()).startsWith("""
                {"status":"failed","job_id":%s,"error":[{"store_id":"S1",\
                "error":"no answer in time (1 of 2 images failed, 1 were cancelled)"},\
                {"store_id":"unknown 0","error":"store not found"},""".formatted(id));
        FailedStoresOverHttp.assertSameAsStatus(
                FailedStoresOverHttp.all(id, 33, path -> json(client.get(path))), json(status));
    }

    @Test
    void linksToTheNextPage() {
        Job job = saved(unknownStores(jobs()));
        String path = "/api/jobs/" + job.id() + "/failed-stores";

        HttpResponse<String> first = client.get(path + "?limit=" + (STORES - 1));

        String link = first.headers().firstValue("Link").orElseThrow();
        HttpResponse<String> last = client.get(link.replaceAll("<(.*)>; rel=\"next\"", "$1"));
        assertThat(json(last).get("items")).hasSize(1);
        assertThat(json(last).get("next_cursor").isNull()).isTrue();
        assertThat(last.headers().firstValue("Link")).isEmpty();
        assertThat(json(client.get(path)).get("items")).hasSize(50);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit=0 | limit must be between 1 and 1000
            limit=1001 | limit must be between 1 and 1000
            cursor=abc | invalid cursor
            cursor=am9iczoyNDQ2MTIzNDU2Nzk4NzI | invalid cursor
            status=failed | unknown parameter status; known parameters: cursor, limit
            limit=1&limit=2 | parameter limit is repeated
            """)
    void rejectsInvalidParameters(String query, String error) {
        Job job = saved(jobs().visit("S1", "http://a/0"));

        HttpResponse<String> response = client.get("/api/jobs/" + job.id() + "/failed-stores?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    private static Jobs unknownStores(Jobs jobs) {
        for (int i = 0; i < STORES; i++) {
            jobs.visit("unknown " + i, "http://a/" + i, "http://b/" + i);
        }
        return jobs;
    }
}
