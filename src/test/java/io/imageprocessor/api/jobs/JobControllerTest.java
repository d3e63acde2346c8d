package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Job;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JobControllerTest extends JobsOverHttp {

    /** Lets each test list only its own jobs. */
    private static final AtomicInteger UNKNOWN_STORES = new AtomicInteger();

    private final String unknownStore = "unknown-" + UNKNOWN_STORES.incrementAndGet();

    @Test
    void returnsAnOngoingJob() {
        Job job = saved(
                jobs().visit("S1", "http://a/0", "http://a/1", "http://a/2").visit(unknownStore, "http://a/3"));
        work(job, 0, SUCCEEDED);
        store.start(job.id(), 1);

        JsonNode body = json(client.get("/api/jobs/" + job.id()));

        assertThat(body.propertyNames())
                .containsExactly(
                        "job_id",
                        "label",
                        "status",
                        "submitted_at",
                        "started_at",
                        "finished_at",
                        "counts",
                        "progress",
                        "images_per_second",
                        "seconds_left",
                        "retry_of",
                        "retries",
                        "trace_id",
                        "failed_stores",
                        "failed_stores_count");
        assertThat(body.get("failed_stores_count").asInt()).isEqualTo(1);
        assertThat(body.get("job_id").asLong()).isEqualTo(job.id().value());
        assertThat(body.get("label").isNull()).isTrue();
        assertThat(body.get("status").asString()).isEqualTo("ongoing");
        assertThat(body.get("submitted_at").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(body.get("started_at").asString()).endsWith("Z");
        assertThat(body.get("finished_at").isNull()).isTrue();
        assertThat(body.get("counts")).hasToString("""
                {"total":4,"pending":1,"running":1,"succeeded":1,"failed":1,"cancelled":0}""");
        assertThat(body.get("progress").asDouble()).isEqualTo(0.5);
        assertThat(body.get("images_per_second").asDouble()).isPositive();
        assertThat(body.get("seconds_left").isIntegralNumber()).isTrue();
        assertThat(body.get("seconds_left").asLong()).isPositive();
        assertThat(body.get("retry_of").isNull()).isTrue();
        assertThat(body.get("retries")).isEmpty();
        assertThat(body.get("failed_stores")).hasToString("""
                [{"store_id":"%s","code":"store_not_found","message":"store not found",\
                "failed":1,"cancelled":0,"images":1}]""".formatted(unknownStore));
    }

    @Test
    void returnsAFinishedJob() {
        Job job = saved(jobs().visit("S1", "http://a/0", "http://a/1"));
        work(job, 0, SUCCEEDED);
        work(job, 1, FAILED);

        JsonNode body = json(client.get("/api/jobs/" + job.id()));

        assertThat(body.get("status").asString()).isEqualTo("failed");
        assertThat(body.get("finished_at").asString()).endsWith("Z");
        assertThat(body.get("progress").asDouble()).isEqualTo(1);
        assertThat(body.get("images_per_second").isNull()).isTrue();
        assertThat(body.get("seconds_left").isNull()).isTrue();
        assertThat(body.get("failed_stores")).hasToString("""
                [{"store_id":"S1","code":"timeout","message":"no answer in time",\
                "failed":1,"cancelled":0,"images":2}]""");
    }

    @Test
    void returns304ForAKnownTag() {
        Job job = saved(jobs().visit("S1", "http://a/0", "http://a/1"));
        store.start(job.id(), 0);
        String path = "/api/jobs/" + job.id();
        HttpResponse<String> first = client.get(path);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).startsWith("W/\"");
        assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");

        for (String known : List.of(tag, "\"other\", " + tag, tag.substring(2), "*")) {
            HttpResponse<String> unchanged = client.get(path, "If-None-Match", known);
            assertThat(unchanged.statusCode()).as(known).isEqualTo(304);
            assertThat(unchanged.body()).isEmpty();
            assertThat(unchanged.headers().firstValue("ETag")).contains(tag);
        }

        store.record(job.id(), 0, SUCCEEDED);
        HttpResponse<String> changed = client.get(path, "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.headers().firstValue("ETag")).isPresent().get().isNotEqualTo(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740991", "0", "01", "abc", "9007199254740993", "%20"})
    void returns404ForOtherIds(String id) {
        String path = "/api/jobs/" + id;
        for (HttpResponse<String> response : List.of(
                client.get(path),
                client.method("POST", path + "/cancel"),
                client.method("POST", path + "/retry"),
                client.get(path + "/failed-stores"),
                client.get(path + "/images"),
                client.get(path + "/images", "Accept", "text/csv"))) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("{\"error\":\"there is no such job\"}");
        }
    }

    @Test
    void pagesThroughJobsNewestFirst() {
        List<String> submitted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            submitted.addFirst(client.submitted(job(unknownStore)));
        }
        List<String> listed = new ArrayList<>();
        String path = "/api/jobs?limit=2&store_id=" + unknownStore;
        int pages = 0;
        while (path != null) {
            HttpResponse<String> response = client.get(path);
            JsonNode page = json(response);
            page.get("items").forEach(item -> listed.add(item.get("job_id").asString()));
            assertThat(response.headers().firstValue("Link").isPresent())
                    .isEqualTo(!page.get("next_cursor").isNull());
            path = response.headers()
                    .firstValue("Link")
                    .map(link -> link.replaceAll("<(.*)>; rel=\"next\"", "$1"))
                    .orElse(null);
            pages++;
        }

        assertThat(listed).isEqualTo(submitted);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void listsJobsWithoutFailedStores() {
        String id = client.submitted(job(unknownStore));

        JsonNode item = json(client.get("/api/jobs?store_id=" + unknownStore))
                .get("items")
                .get(0);

        JsonNode body = json(client.get("/api/jobs/" + id));
        assertThat(item.propertyNames()).doesNotContain("failed_stores", "failed_stores_count");
        assertThat(item.properties())
                .allSatisfy(property -> assertThat(body.get(property.getKey())).isEqualTo(property.getValue()));
        assertThat(item).hasSize(body.size() - 2);
    }

    @Test
    void filtersJobs() {
        Job ongoing = saved(jobs().visit(unknownStore, "http://a/0").visit("S1", "http://a/1"));
        String failed = client.submitted(job(unknownStore));
        String submittedAt =
                json(client.get("/api/jobs/" + failed)).get("submitted_at").asString();

        assertThat(listed("status=ongoing")).containsExactly(ongoing.id().toString());
        assertThat(listed("status=failed")).containsExactly(failed);
        assertThat(listed("status=completed")).isEmpty();
        assertThat(listed("status=cancelled")).isEmpty();
        assertThat(listed("submitted_after=2026-01-01")).containsExactly(failed);
        assertThat(listed("submitted_before=2026-01-01t00:00:00,0019999999999z"))
                .containsExactly(ongoing.id().toString());
        assertThat(listed("submitted_before=2026-01-01T00:00:01%2B00:00"))
                .containsExactly(ongoing.id().toString());
        assertThat(listed("submitted_after=" + submittedAt)).isEmpty();
        assertThat(listed("submitted_after=2025-12-31T23:59:59Z&submitted_before=2026-01-01"))
                .isEmpty();
        assertThat(listed("status=ongoing&submitted_after=2026-01-02")).isEmpty();
    }

    private List<String> listed(String filters) {
        JsonNode page = json(client.get("/api/jobs?store_id=" + unknownStore + "&" + filters));
        return page.get("items")
                .valueStream()
                .map(item -> item.get("job_id").asString())
                .toList();
    }

    @Test
    void linksToTheNextPageWithTheSameFilters() {
        String store = unknownStore + " & <é>\"/?";
        String encoded = unknownStore + "%20%26+%3C%C3%A9%3E%22/?";
        saved(jobs().visit(store, "http://a/0"));
        saved(jobs().visit(store, "http://a/0"));

        String link = client.get("/api/jobs?limit=1&store_id=" + encoded)
                .headers()
                .firstValue("Link")
                .orElseThrow();

        assertThat(link).startsWith("</api/jobs?limit=1&store_id=" + encoded + "&cursor=");
        JsonNode second = json(client.get(link.replaceAll("<(.*)>; rel=\"next\"", "$1")));
        assertThat(second.get("items")).hasSize(1);
        assertThat(second.get("next_cursor").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit=0 | limit must be between 1 and 1000
            limit=1001 | limit must be between 1 and 1000
            limit=many | limit must be a whole number
            status=finished | status must be one of ongoing, completed, failed, cancelled
            submitted_after=yesterday | submitted_after must be an ISO 8601 date or date-time
            submitted_before=2026-02-30 | submitted_before must be an ISO 8601 date or date-time
            submitted_before=9999-12-31T23:59:59-05:00 | submitted_before must be an ISO 8601 date or date-time \
            whose year in UTC has four digits
            submitted_after=2026-02-01&submitted_before=2026-01-01 | submitted_after must be before submitted_before
            submitted_after=2026-02-01&submitted_before=2026-02-01 | submitted_after must be before submitted_before
            cursor=abc | invalid cursor
            cursor=am9iczowMA | invalid cursor
            cursor=aW1hZ2VzOjE | invalid cursor
            store=S1 | unknown parameter store; known parameters: \
            cursor, limit, status, store_id, submitted_after, submitted_before
            """)
    void rejectsInvalidParameters(String query, String error) {
        HttpResponse<String> response = client.get("/api/jobs?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    /** Saves a job that fails at once. */
    private static String job(String unknownStore) {
        return """
                {"count": 1, "visits": [
                  {"store_id": "%s", "image_url": ["http://a/0"], "visit_time": "2023-03-15"}]}""".formatted(unknownStore);
    }
}
