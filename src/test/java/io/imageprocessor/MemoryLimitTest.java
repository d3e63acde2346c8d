package io.imageprocessor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that stay far below every limit of their number fill the heap, if nothing counts their bytes. */
class MemoryLimitTest {

    private static final String FULL = "{\"error\":\"memory limit for jobs reached; try again later\"}";

    /** The serial collector keeps an unused half of the young generation out of the heap of 128 MB. */
    private static final int LARGEST_JOB_MB = 22;

    private static final int HEAP_MB = 128;
    private static final int CLIENTS = 8;

    @TempDir
    Path folder;

    private DeadOrigin origin;
    private ServiceProcess service;

    @BeforeEach
    void startService() throws Exception {
        origin = new DeadOrigin();
        service = ServiceProcess.start(
                folder,
                List.of("-Xmx" + HEAP_MB + "m"),
                "imageprocessor.download.private-networks=allow",
                "imageprocessor.download.read-timeout=1h",
                "imageprocessor.download.total-timeout=1h",
                "logging.level.io.imageprocessor.job.JobLog=warn");
    }

    @AfterEach
    void stopService() throws Exception {
        service.close();
        origin.close();
    }

    @Test
    void rejectsJobsThatDoNotFitIntoTheHeap() throws Exception {
        assertTooLarge(longUrls(3_000));
        assertTooLarge(unknownStores(60_000));

        // They are finished at once, so the next one takes the place of the last one.
        for (int i = 0; i < 2; i++) {
            assertThat(submit(unknownStores(40_000)).statusCode()).isEqualTo(201);
        }

        // They wait for their host, so they cannot be removed.
        List<Integer> statuses = IntStream.range(0, 3)
                .mapToObj(_ -> submit(longUrls(1_000)).statusCode())
                .toList();
        assertThat(statuses).containsExactly(201, 201, 503);
        assertFull(submit(longUrls(1_000)));

        // An eighth of the memory is left for light jobs.
        assertThat(submit(smallJob(0)).statusCode()).isEqualTo(201);
        fillWithSmallJobs();
        assertFull(submit(smallJob(1)));

        assertThat(reservedShare()).isBetween(0.99, 1.0);
        assertThat(service.client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(service.heapAfterCollection()).isLessThan((HEAP_MB * 3L / 4) << 20);
        assertThat(service.log()).doesNotContain("OutOfMemoryError", "ERROR");
    }

    /** Sends bytes, since checking such texts against the API description takes long. */
    private HttpResponse<String> submit(String body) {
        return service.client.post(
                "/api/submit", body.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
    }

    private void assertTooLarge(String body) {
        HttpResponse<String> response = submit(body);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"the job needs more than " + LARGEST_JOB_MB + " MB of memory\"}");
    }

    private static void assertFull(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("10");
        assertThat(response.body()).isEqualTo(FULL);
    }

    private void fillWithSmallJobs() throws Exception {
        AtomicInteger number = new AtomicInteger(1);
        Semaphore full = new Semaphore(0);
        List<Thread> clients = IntStream.range(0, CLIENTS)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> {
                    while (submit(smallJob(number.incrementAndGet())).statusCode() == 201) {}
                    full.release();
                }))
                .toList();
        for (Thread client : clients) {
            assertThat(client.join(Duration.ofSeconds(100))).isTrue();
        }
        assertThat(full.availablePermits()).isEqualTo(CLIENTS);
    }

    private double reservedShare() {
        TreeMap<String, Double> gauges = service.client
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("imageprocessor_heap_reserved"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(' ')),
                        line -> Double.valueOf(line.substring(line.indexOf(' '))),
                        Math::max,
                        TreeMap::new));
        return requireNonNull(gauges.get("imageprocessor_heap_reserved_bytes"))
                / requireNonNull(gauges.get("imageprocessor_heap_reserved_limit_bytes"));
    }

    private String longUrls(int images) {
        String url = "\"" + origin.url() + "?" + "x".repeat(8_000) + "\"";
        return job(List.of(visit("S00339218", String.join(",", Collections.nCopies(images, url)))), "x");
    }

    private String unknownStores(int visits) {
        return job(
                IntStream.range(0, visits)
                        .mapToObj(i -> visit("%0255d".formatted(i), "\"" + origin.url() + "\""))
                        .toList(),
                "x");
    }

    private String smallJob(int number) {
        return job(List.of(visit("S00339218", "\"" + origin.url() + "\"")), "%0255d".formatted(number));
    }

    private static String visit(String storeId, String urls) {
        return "{\"store_id\":\"%s\",\"image_url\":[%s],\"visit_time\":\"2023-03-15\"}".formatted(storeId, urls);
    }

    private static String job(List<String> visits, String label) {
        return "{\"count\":%d,\"label\":\"%s\",\"visits\":[%s]}"
                .formatted(visits.size(), label, String.join(",", visits));
    }
}
