package io.imageprocessor;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;

/** The main use cases of a client, from submission to result, with its own origin and real GPU time. */
@ServiceTest("imageprocessor.download.private-networks=allow")
@EnableWireMock
class JourneyTest {

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    ApiClient client;

    @BeforeEach
    void putPhotosOnTheOrigin() {
        client = new ApiClient(port);
        stubFor(get("/slow.jpg")
                .willReturn(aResponse().withBody(Photos.photo("jpeg", 640, 480)).withFixedDelay(1_000)));
        stubFor(get("/shelf.jpg").willReturn(aResponse().withBody(Photos.photo("jpeg", 640, 480))));
        stubFor(get("/fridge.png").willReturn(aResponse().withBody(Photos.photo("png", 120, 90))));
        stubFor(get("/notes.txt").willReturn(aResponse().withBody("no photo today")));
    }

    @Test
    void completesAJobOfValidPhotos() {
        HttpResponse<String> accepted = client.submit("""
                {"count": 2, "visits": [
                  {"store_id": "S00339218", "image_url": ["%1$s/slow.jpg", "%1$s/fridge.png"],
                   "visit_time": "2023-03-15T14:30:00Z"},
                  {"store_id": "S01408764", "image_url": ["%1$s/fridge.png"], "visit_time": "2023-03-16"}]}
                """.formatted(origin));

        assertThat(accepted.statusCode()).isEqualTo(201);
        String id = accepted.body().replaceAll("\\D", "");
        assertThat(accepted.body()).isEqualTo("{\"job_id\":" + id + "}");
        assertThat(accepted.headers().firstValue("Location")).contains("/api/status?jobid=" + id);

        // Its first photo takes a second.
        assertThat(client.status(id).body()).isEqualTo("{\"status\":\"ongoing\",\"job_id\":" + id + "}");

        assertThat(client.finished(id)).isEqualTo("{\"status\":\"completed\",\"job_id\":" + id + "}");
        List<JobImage> images = queries.images(JobId.parse(id).orElseThrow(), ImageFilter.ANY, 0, 10)
                .orElseThrow();
        assertThat(images)
                .extracting(image -> ((ImageResult.Succeeded) image.result().orElseThrow()).perimeter())
                .containsExactly(2240L, 420L, 420L);
    }

    @Test
    void failsAJobWithInvalidPhotosAndReportsThem() {
        String id = client.submitted("""
                {"count": 4, "visits": [
                  {"store_id": "S01408764", "image_url": ["%1$s/missing.jpg", "%1$s/shelf.jpg", "%1$s/notes.txt"],
                   "visit_time": "2023-03-15T14:30:00"},
                  {"store_id": "S00000000", "image_url": ["%1$s/never-asked-for.jpg"], "visit_time": "2023-03-15"},
                  {"store_id": " S00339218 ", "image_url": ["%1$s/shelf.jpg"],
                   "visit_time": "2023-03-15T14:30:00.123+05:30"},
                  {"store_id": "S01408764", "image_url": ["ftp://elsewhere/photo.jpg"], "visit_time": "2023-03-15"}]}
                """.formatted(origin));

        assertThat(client.finished(id))
                .isEqualTo("{\"status\":\"failed\",\"job_id\":" + id + ",\"error\":["
                        + "{\"store_id\":\"S01408764\",\"error\":\"the origin answered 404 (3 of 4 images failed)\"},"
                        + "{\"store_id\":\"S00000000\",\"error\":\"store not found\"}]}");
        verify(0, getRequestedFor(urlEqualTo("/never-asked-for.jpg")));
    }

    @Test
    void storesResultsOfEveryImage() {
        String id = client.submitted("""
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15T16:30:00+02:00",
                  "image_url": ["%1$s/shelf.jpg", "%1$s/notes.txt"]}]}
                """.formatted(origin));
        client.finished(id);

        List<JobImage> images = queries.images(JobId.parse(id).orElseThrow(), ImageFilter.ANY, 0, 10)
                .orElseThrow();

        assertThat(images).hasSize(2).allSatisfy(image -> {
            assertThat(image.visit().storeId()).isEqualTo("S00339218");
            assertThat(image.visit().time()).isEqualTo("2023-03-15T14:30:00Z");
        });
        assertThat(images.getFirst().url()).isEqualTo(origin + "/shelf.jpg");
        assertThat(images.getFirst().result()).get().isInstanceOfSatisfying(ImageResult.Succeeded.class, result -> {
            assertThat(result.format()).isEqualTo("jpeg");
            assertThat(result.bytes()).isEqualTo(Photos.photo("jpeg", 640, 480).length);
            assertThat(result.attempts()).isEqualTo(1);
            assertThat(result.gpuMillis()).isBetween(100, 400);
        });
        assertThat(images.get(1).result()).get().isInstanceOfSatisfying(ImageResult.Failed.class, result -> {
            assertThat(result.code()).isEqualTo(FailureCode.NOT_AN_IMAGE);
            assertThat(result.message()).isNotBlank();
        });
    }
}
