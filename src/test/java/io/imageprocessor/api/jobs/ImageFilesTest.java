package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Job;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Images of a job as one file. */
class ImageFilesTest extends JobsOverHttp {

    @Test
    void sendsAllImagesAsCsv() {
        Job job = oneOfEach();

        HttpResponse<String> response = client.get(imagesOf(job), "Accept", "text/csv");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        assertThat(response.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"job-" + job.id() + ".csv\"");
        assertThat(response.body()).isEqualTo("""
                index,store_id,store_name,area_code,url,visit_time,status,width,height,perimeter,format,bytes,\
                attempts,download_ms,gpu_ms,error_code,error_message
                0,S1,Store 1,7001,http://a/0,2025-12-31T10:00:00Z,pending,,,,,,,,,,
                1,S1,Store 1,7001,http://a/1,2025-12-31T10:00:00Z,running,,,,,,,,,,
                2,S1,Store 1,7001,http://a/2,2025-12-31T10:00:00Z,succeeded,640,480,2240,jpeg,10000,1,20,250,,
                3,S1,Store 1,7001,http://a/3,2025-12-31T10:00:00Z,failed,,,,,,3,30000,,timeout,no answer in time
                4,S00000000,,,http://a/4,2025-12-31T10:00:00Z,failed,,,,,,0,,,store_not_found,store not found
                """.replace("\n", "\r\n"));
    }

    @Test
    void quotesSpecialCharactersInCsv() {
        Job job = saved(jobs().visit("store \"x\", é", "http://a/,\r\nb"));

        assertThat(client.get(imagesOf(job), "Accept", "text/csv").body())
                .contains("\r\n0,\"store \"\"x\"\", é\",,,\"http://a/,\r\nb\",2025-12-31T10:00:00Z,");
    }

    @Test
    void sendsAllImagesAsNdjson() {
        Job job = oneOfEach();

        HttpResponse<String> response = client.get(imagesOf(job), "Accept", "application/x-ndjson");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(response.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"job-" + job.id() + ".ndjson\"");
        assertThat(response.body()).endsWith("\n");
        assertThat(response.body().lines())
                .isEqualTo(items(job, "").stream().map(JsonNode::toString).toList());
    }

    @Test
    void sendsMoreImagesThanAPageHolds() {
        Job job = saved(
                jobs().visit("S1", urls(ImageExport.IMAGES_PER_SLICE)).visit("S2", urls(ImageExport.IMAGES_PER_SLICE)));

        List<String> all =
                client.get(imagesOf(job), "Accept", "text/csv").body().lines().toList();
        List<String> some = client.get(imagesOf(job) + "?store_id=S2", "Accept", "text/csv")
                .body()
                .lines()
                .toList();

        assertThat(all).hasSize(1 + 2 * ImageExport.IMAGES_PER_SLICE).doesNotHaveDuplicates();
        assertThat(some.subList(1, some.size())).isEqualTo(all.subList(1 + ImageExport.IMAGES_PER_SLICE, all.size()));
    }

    @Test
    void sendsOnlyTheHeaderIfNoImageMatches() {
        Job job = oneOfEach();

        assertThat(client.get(imagesOf(job) + "?status=cancelled", "Accept", "text/csv")
                        .body())
                .startsWith("index,store_id,")
                .endsWith("error_message\r\n")
                .hasLineCount(1);
        assertThat(client.get(imagesOf(job) + "?status=cancelled", "Accept", "application/x-ndjson")
                        .body())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=10, 'unknown parameter limit; known parameters: code, status, store_id'",
        "cursor=abc, 'unknown parameter cursor; known parameters: code, status, store_id'",
        "status=failed&code=cancelled, code and status contradict each other"
    })
    void rejectsPageParametersForFiles(String query, String error) {
        for (String accept : List.of("text/csv", "application/x-ndjson")) {
            HttpResponse<String> response = client.get(imagesOf(oneOfEach()) + "?" + query, "Accept", accept);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
        }
    }
}
