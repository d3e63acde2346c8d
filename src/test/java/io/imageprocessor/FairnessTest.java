package io.imageprocessor;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.wiremock.spring.EnableWireMock;

/** A small job beside one that would take ten minutes. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.gpu.slots=2",
    "imageprocessor.gpu.min-time=120ms",
    "imageprocessor.gpu.max-time=120ms"
})
@EnableWireMock
@DirtiesContext
class FairnessTest {

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    @Test
    void processesASmallJobBesideALargeOne() {
        stubFor(get(anyUrl()).willReturn(aResponse().withBody(Photos.photo("png", 1, 1))));
        ApiClient client = new ApiClient(port);
        String large = client.submitted(job(10_000));

        for (int i = 0; i < 3; i++) {
            assertThat(client.finished(client.submitted(job(1)))).contains("completed");
        }

        // Each would come after the images that were downloaded ahead for the large job, 256 of them.
        String progress = client.get("/api/jobs/" + large).body();
        assertThat(progress).contains("ongoing");
        assertThat(Integer.parseInt(progress.replaceFirst("(?s).*\"succeeded\":(\\d+).*", "$1")))
                .isLessThan(128);
    }

    private String job(int images) {
        String urls = String.join(",", Collections.nCopies(images, "\"" + origin + "/photo.png\""));
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(urls);
    }
}
