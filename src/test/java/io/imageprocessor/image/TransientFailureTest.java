package io.imageprocessor.image;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.image.Origin.Behaviour;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Runs a job over HTTP whose origin sends the photo only after failures. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.max-attempts=3",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms"
})
@SameOnAnyStorage
class TransientFailureTest {

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    static Stream<Named<Behaviour>> troubles() {
        return Stream.of(
                Named.of(
                        "an error",
                        connection -> connection.send("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops")),
                Named.of("a reset", Origin.Connection::reset),
                Named.of("half a photo", connection -> connection.send(Arrays.copyOf(ok(PHOTO), 300))));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void imageSucceedsAfterTwoFailedAttempts(Behaviour trouble) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (Origin origin = Origin.that(connection -> {
            connection.readRequest();
            if (requests.incrementAndGet() <= 2) {
                trouble.serve(connection);
            } else {
                connection.send(ok(PHOTO));
            }
        })) {
            assertThat(attemptsUntilMeasured(origin)).isEqualTo(3);
        }
    }

    @Test
    void retryWaitsForTheRetryAfterOfTheOrigin() throws IOException {
        List<Long> requests = new CopyOnWriteArrayList<>();
        try (Origin origin = Origin.that(connection -> {
            while (connection.readRequest()) {
                requests.add(System.nanoTime());
                connection.send(
                        requests.size() == 1
                                ? ascii("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
                                : ok(PHOTO));
            }
        })) {
            assertThat(attemptsUntilMeasured(origin)).isEqualTo(2);

            assertThat(Duration.ofNanos(requests.get(1) - requests.get(0)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    /** Submits a job with one image from {@code origin}, which must succeed, and returns its number of attempts. */
    private int attemptsUntilMeasured(Origin origin) {
        ApiClient client = new ApiClient(port);
        String jobId = client.submitted("""
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": ["%s"], "visit_time": "2023-03-15"}]}
                """.formatted(origin.url()));
        assertThat(client.finished(jobId)).contains("completed");
        JobImage image = queries.images(new JobId(Long.parseLong(jobId)), ImageFilter.ANY, 0, 1)
                .orElseThrow()
                .getFirst();
        return ((ImageResult.Succeeded) image.result().orElseThrow()).attempts();
    }
}
