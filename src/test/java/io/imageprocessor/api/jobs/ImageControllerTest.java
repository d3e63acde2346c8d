package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.api.Cursor;
import io.imageprocessor.job.Job;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ImageControllerTest extends JobsOverHttp {

    @Test
    void returnsImagesInEachState() {
        Job job = oneOfEach();

        assertThat(items(job, "")).map(JsonNode::toString).containsExactly("""
                {"index":0,"store_id":"S1","store_name":"Store 1","area_code":"7001","url":"http://a/0",\
                "visit_time":"2025-12-31T10:00:00Z","status":"pending","width":null,"height":null,"perimeter":null,\
                "format":null,"bytes":null,"attempts":null,"download_ms":null,"gpu_ms":null,"error":null}""", """
                {"index":1,"store_id":"S1","store_name":"Store 1","area_code":"7001","url":"http://a/1",\
                "visit_time":"2025-12-31T10:00:00Z","status":"running","width":null,"height":null,"perimeter":null,\
                "format":null,"bytes":null,"attempts":null,"download_ms":null,"gpu_ms":null,"error":null}""", """
                {"index":2,"store_id":"S1","store_name":"Store 1","area_code":"7001","url":"http://a/2",\
                "visit_time":"2025-12-31T10:00:00Z","status":"succeeded","width":640,"height":480,"perimeter":2240,\
                "format":"jpeg","bytes":10000,"attempts":1,"download_ms":20,"gpu_ms":250,"error":null}""", """
                {"index":3,"store_id":"S1","store_name":"Store 1","area_code":"7001","url":"http://a/3",\
                "visit_time":"2025-12-31T10:00:00Z","status":"failed","width":null,"height":null,"perimeter":null,\
                "format":null,"bytes":null,"attempts":3,"download_ms":30000,"gpu_ms":null,\
                "error":{"code":"timeout","message":"no answer in time"}}""", """
                {"index":4,"store_id":"S00000000","store_name":null,"area_code":null,"url":"http://a/4",\
                "visit_time":"2025-12-31T10:00:00Z","status":"failed","width":null,"height":null,"perimeter":null,\
                "format":null,"bytes":null,"attempts":0,"download_ms":null,"gpu_ms":null,\
                "error":{"code":"store_not_found","message":"store not found"}}""");

        store.cancel(job.id());
        assertThat(items(job, "").getFirst()).hasToString("""
                {"index":0,"store_id":"S1","store_name":"Store 1","area_code":"7001","url":"http://a/0",\
                "visit_time":"2025-12-31T10:00:00Z","status":"cancelled","width":null,"height":null,"perimeter":null,\
                "format":null,"bytes":null,"attempts":null,"download_ms":null,"gpu_ms":null,\
                "error":{"code":"cancelled","message":"the job was cancelled"}}""");
    }

    @ParameterizedTest
    @CsvSource({
        "status=pending, 0",
        "status=running, 1",
        "status=succeeded, 2",
        "status=failed, 3 4",
        "status=cancelled, ''",
        "store_id=S1, 0 1 2 3",
        "store_id=S00000000, 4",
        "store_id=elsewhere, ''",
        "code=timeout, 3",
        "code=http_status, ''",
        "code=cancelled, ''",
        "status=failed&code=timeout, 3",
        "status=failed&store_id=S00000000&code=store_not_found, 4",
        "status=failed&store_id=S1&code=store_not_found, ''"
    })
    void filtersImages(String filters, String indexes) {
        assertThat(items(oneOfEach(), "?" + filters).stream()
                        .map(image -> image.get("index").asString()))
                .isEqualTo(indexes.isEmpty() ? List.of() : List.of(indexes.split(" ")));
    }

    @Test
    void pagesThroughImages() {
        int images = 2_500;
        Job job = saved(jobs().visit("S1", urls(images)));
        List<Integer> listed = new ArrayList<>();
        String path = imagesOf(job) + "?limit=1000&status=pending";
        List<Integer> sizes = new ArrayList<>();
        while (path != null) {
            HttpResponse<String> response = client.get(path);
            JsonNode page = json(response);
            page.get("items").forEach(image -> listed.add(image.get("index").asInt()));
            sizes.add(page.get("items").size());
            path = response.headers()
                    .firstValue("Link")
                    .map(link -> link.replaceAll("<(.*)>; rel=\"next\"", "$1"))
                    .orElse(null);
        }

        assertThat(sizes).containsExactly(1_000, 1_000, 500);
        assertThat(listed).isEqualTo(IntStream.range(0, images).boxed().toList());
        assertThat(items(job, "")).hasSize(50);
    }

    @Test
    void hasNoCursorOnTheLastPage() {
        Job job = saved(jobs().visit("S1", urls(2)));

        assertThat(json(client.get(imagesOf(job) + "?limit=2"))
                        .get("next_cursor")
                        .isNull())
                .isTrue();
        assertThat(json(client.get(imagesOf(job) + "?limit=1"))
                        .get("next_cursor")
                        .isString())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit=0 | limit must be between 1 and 1000
            limit=1001 | limit must be between 1 and 1000
            status=ongoing | status must be one of pending, running, succeeded, failed, cancelled
            status=FAILED | status must be one of pending, running, succeeded, failed, cancelled
            status=succeeded&code=timeout | code and status contradict each other
            status=pending&code=cancelled | code and status contradict each other
            status=failed&code=cancelled | code and status contradict each other
            status=cancelled&code=timeout | code and status contradict each other
            cursor=abc | invalid cursor
            area=7001 | unknown parameter area; known parameters: code, cursor, limit, status, store_id
            """)
    void rejectsInvalidParameters(String query, String error) {
        HttpResponse<String> response = client.get(imagesOf(oneOfEach()) + "?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    @Test
    void listsTheFailureCodes() {
        HttpResponse<String> response = client.get(imagesOf(oneOfEach()) + "?code=oops");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith("{\"error\":\"code must be one of store_not_found, invalid_url, ");
    }

    @Test
    void continuesAfterTheImageOfACursor() {
        Job job = saved(jobs().visit("S1", urls(5)));
        String cursor = cursor(job, "2");

        assertThat(items(job, "?cursor=" + cursor))
                .extracting(image -> image.get("index").asInt())
                .containsExactly(3, 4);
        assertThat(items(job, "?cursor=" + cursor(job, "999999999"))).isEmpty();
    }

    @Test
    void rejectsCursorsOfOtherJobs() {
        Job job = saved(jobs().visit("S1", urls(2)));
        Job other = saved(jobs().visit("S1", urls(2)));
        String cursor =
                json(client.get(imagesOf(job) + "?limit=1")).get("next_cursor").asString();

        assertThat(client.get(imagesOf(job) + "?cursor=" + cursor).statusCode()).isEqualTo(200);
        assertThat(client.get(imagesOf(other) + "?cursor=" + cursor).statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-2147483648", "2147483647", "99999999999", "x", "", "1 "})
    void rejectsCursorsWithoutAnImageIndex(String index) {
        Job job = oneOfEach();

        assertThat(client.get(imagesOf(job) + "?cursor=" + cursor(job, index)).statusCode())
                .isEqualTo(400);
    }

    private static String cursor(Job job, String index) {
        return new Cursor("jobs/" + job.id() + "/images", index).text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "application/*",
                "application/json, text/plain, */*",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/csv;q=0.5, application/json"
            })
    void returnsAPageByDefault(String accept) {
        HttpResponse<String> response = client.get(imagesOf(oneOfEach()), "Accept", accept);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(json(response).get("items")).hasSize(5);
    }

    @Test
    void rejectsOtherAcceptedTypes() {
        HttpResponse<String> response = client.get(imagesOf(oneOfEach()), "Accept", "image/png");

        assertThat(response.statusCode()).isEqualTo(406);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).startsWith("{\"error\":\"Acceptable representations: ");
    }
}
