package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobState;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Cancelled downloads over real sockets. All timeouts are too long to end them. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=4",
    "imageprocessor.download.read-timeout=10m",
    "imageprocessor.download.total-timeout=10m",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms"
})
class CancelTest {

    private static final byte[] PHOTO = Photos.photo("png", 1, 1);
    private static final int CONCURRENCY = 4;

    /** Twice the number of timeouts that open the circuit of a host. */
    private static final int CANCELLED_DOWNLOADS = 20;

    @LocalServerPort
    int port;

    @Autowired
    JobService jobs;

    @Autowired
    JobQueries queries;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer origin;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(threads);
        origin.createContext("/photo.png", CancelTest::answer);
        origin.createContext("/hanging.png", this::hang);
        origin.start();
    }

    @AfterEach
    void stopOrigin() {
        released.countDown();
        origin.stop(0);
        threads.close();
    }

    @Test
    void releasesDownloadsOfACancelledJobAtOnce() throws Exception {
        ApiClient client = new ApiClient(port);
        List<DeadOrigin> dead = new ArrayList<>();
        try {
            for (int i = 0; i < CONCURRENCY; i++) {
                dead.add(new DeadOrigin());
            }
            String stuck = client.submitted(
                    job(dead.stream().flatMap(host -> times(25, host.url())).toList()));
            await().until(() -> dead.stream().allMatch(host -> host.connections() > 0));
            String other = client.submitted(job(times(50, url("/photo.png")).toList()));
            assertThat(client.status(other).body()).contains("ongoing");

            JobReport report = jobs.cancel(id(stuck)).orElseThrow();

            assertThat(report.status().state()).isEqualTo(JobState.CANCELLED);
            assertThat(report.status().counts()).isEqualTo(new JobCounts(100, 0, 0, 0, 0, 100));
            assertThat(client.finished(other)).contains("completed");
            assertThat(dead).allSatisfy(host -> assertThat(host.connections()).isEqualTo(1));
            assertThat(queries.report(id(stuck))).contains(report);
        } finally {
            for (DeadOrigin host : dead) {
                host.close();
            }
        }
    }

    @Test
    void cancelledDownloadsDoNotOpenTheCircuit() {
        ApiClient client = new ApiClient(port);
        for (int i = 1; i <= CANCELLED_DOWNLOADS; i++) {
            int count = i;
            String stuck = client.submitted(job(List.of(url("/hanging.png"))));
            await().until(() -> hanging.get() == count);
            jobs.cancel(id(stuck));
        }

        String other = client.submitted(job(times(10, url("/photo.png")).toList()));

        assertThat(client.finished(other)).contains("completed");
        assertThat(queries.images(id(other), ImageFilter.ANY, 0, 10).orElseThrow())
                .extracting(image -> image.result().map(ImageResult::attempts))
                .hasSize(10)
                .allMatch(attempts -> attempts.orElseThrow() == 1);
    }

    private void hang(HttpExchange exchange) throws IOException {
        hanging.incrementAndGet();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answer(exchange);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, PHOTO.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(PHOTO);
        }
    }

    private static JobId id(String text) {
        return JobId.parse(text).orElseThrow();
    }

    private static Stream<String> times(int count, String url) {
        return Collections.nCopies(count, url).stream();
    }

    private String url(String path) {
        return "http://localhost:" + origin.getAddress().getPort() + path;
    }

    private static String job(List<String> urls) {
        String joined = String.join("\",\"", urls);
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": ["%s"], "visit_time": "2023-03-15"}]}""".formatted(joined);
    }
}
