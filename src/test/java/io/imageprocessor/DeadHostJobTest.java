package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A job on a host that never responds finishes in bounded time. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.read-timeout=200ms",
    "imageprocessor.download.total-timeout=1s",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms"
})
@SameOnAnyStorage
class DeadHostJobTest {

    private static final int IMAGES = 10_000;

    /**
     * A new host gets 32 downloads, so the circuit opens after one read timeout (0.2 s). The first attempt of each
     * other image fails at once, within 2 s in all, and is retried. An image is retried for at most three total
     * timeouts, and an attempt lasts for at most one (4 s in all). The bound is three times the sum of 6.2 s, for a
     * busy machine. Without a circuit breaker, 3 x 10,000 timeouts of 0.2 s would take 27 s and occupy all 224
     * downloads of a host.
     */
    private static final Duration BOUND = Duration.ofSeconds(20);

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    @Test
    void finishesInBoundedTimeWithTheReason() throws Exception {
        ApiClient client = new ApiClient(port);
        try (DeadOrigin dead = new DeadOrigin()) {
            String id = client.submitted(job(dead.url()));

            String status = client.finished(id, BOUND);

            assertThat(status)
                    .contains("\"failed\"")
                    .contains("the origin was silent for 200ms")
                    .contains("(10000 of 10000 images failed)");
            assertThat(codesOf(id))
                    .hasSize(IMAGES)
                    .isSubsetOf(FailureCode.TIMEOUT, FailureCode.HOST_UNAVAILABLE)
                    .contains(FailureCode.HOST_UNAVAILABLE);
            // The first downloads from a new host, and the trials of the circuit breaker.
            assertThat(dead.connections()).isLessThan(100);
        }
    }

    private List<FailureCode> codesOf(String id) {
        return queries.images(new JobId(Long.parseLong(id)), ImageFilter.ANY, 0, IMAGES).orElseThrow().stream()
                .map(image -> (ImageResult.Failed) image.result().orElseThrow())
                .map(ImageResult.Failed::code)
                .toList();
    }

    private static String job(String url) {
        String urls = String.join(",", Collections.nCopies(IMAGES, '"' + url + '"'));
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(urls);
    }
}
