package io.imageprocessor.api;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Photos;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.UnfinishedWork;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.wiremock.spring.EnableWireMock;

/** A service with a full backlog: one image on a GPU that never ends, one downloaded ahead, five waiting. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=1",
    "imageprocessor.gpu.slots=1",
    "imageprocessor.gpu.min-time=1h",
    "imageprocessor.gpu.max-time=1h",
    "imageprocessor.jobs.max-pending-images=5"
})
@EnableWireMock
@DirtiesContext
class FullQueueTest {

    private static final int CALLS = 21;

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    ApiClient client;

    @BeforeEach
    void fillTheQueue() {
        client = new ApiClient(port);
        if (queries.unfinished().jobs() == 0) {
            stubFor(get(anyUrl()).willReturn(aResponse().withBody(Photos.photo("png", 1, 1))));
            JobId first = JobId.parse(client.submitted(job(2))).orElseThrow();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> queries.status(first).orElseThrow().counts().running() == 2);
            client.submitted(job(5));
        }
        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(2, 7));
    }

    @Test
    void rejectsAJobAtOnceAndSavesNothing() {
        HttpResponse<String> response = client.submit(job(1));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9]\\d*");
        assertThat(response.body()).isEqualTo("{\"error\":\"backlog limit of 5 images reached; try again later\"}");
        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(2, 7));
    }

    /** The control shows how much other processes slow down any request, so that the bound holds on a busy machine. */
    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void respondsToHealthWithin100Milliseconds(String path) {
        long[] health = new long[CALLS];
        long[] control = new long[CALLS];
        for (int call = 0; call < CALLS; call++) {
            health[call] = millis(() -> {
                HttpResponse<String> response = client.get(path);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).contains("\"status\":\"UP\"");
            });
            control[call] =
                    millis(() -> assertThat(client.get("/unknown").statusCode()).isEqualTo(404));
        }

        assertThat(secondSlowest(health)).isLessThanOrEqualTo(Math.max(100, 3 * secondSlowest(control)));
    }

    private static long millis(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static long secondSlowest(long[] millis) {
        Arrays.sort(millis);
        return millis[millis.length - 2];
    }

    private String job(int images) {
        String urls = String.join(", ", Collections.nCopies(images, "\"" + origin + "/photo.png\""));
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(urls);
    }
}
