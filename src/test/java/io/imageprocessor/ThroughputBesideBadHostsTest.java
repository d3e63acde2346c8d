package io.imageprocessor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/**
 * A host that never answers costs the others next to nothing, and any number of them no more than their job's share.
 * The test counts the downloads that a healthy host has in flight at once; {@code bench/run} measures the throughput.
 */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=64",
    "imageprocessor.download.read-timeout=4s",
    "imageprocessor.download.max-attempts=5",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms",
    "spring.lifecycle.timeout-per-shutdown-phase=100ms"
})
@DirtiesContext
class ThroughputBesideBadHostsTest {

    /**
     * In this time a busy machine starts many downloads, so that those in flight show the limit and not the machine.
     */
    private static final int LATENCY_MILLIS = 1_000;

    private static final int IMAGES = 300;

    /** Seven eighths of all downloads: the limit of a host. */
    private static final int ALONE = 56;

    private static final double LEAST_RATIO = 0.9;
    private static final int MANY = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] PHOTO = Photos.photo("png", 1, 1);

    @LocalServerPort
    int port;

    private final List<DeadOrigin> deadHosts = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile int latencyMillis = 10;
    private HttpServer healthy;
    private String url;

    @BeforeEach
    void startOriginAndRaiseItsLimit() throws IOException {
        healthy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        healthy.createContext("/", exchange -> {
            inFlight.incrementAndGet();
            CompletableFuture.delayedExecutor(latencyMillis, MILLISECONDS, threads)
                    .execute(() -> answer(exchange));
        });
        healthy.start();
        url = "http://127.0.0.1:" + healthy.getAddress().getPort() + "/photo.png";
        ApiClient client = new ApiClient(port);
        assertThat(client.finished(client.submitted(job(url, 2_000)))).contains("completed");
        latencyMillis = LATENCY_MILLIS;
    }

    @AfterEach
    void stopOrigins() throws IOException {
        healthy.stop(0);
        threads.shutdownNow();
        for (DeadOrigin dead : deadHosts) {
            dead.close();
        }
    }

    @Test
    @InMemoryOnly("the queue is the same; the test would also measure the database")
    void isNearlyWhatItIsAloneBesideADeadHost() throws IOException {
        ApiClient client = new ApiClient(port);
        String alone = client.submitted(job(url, IMAGES));
        awaitInFlight(ALONE);
        client.finished(alone);
        DeadOrigin dead = new DeadOrigin();
        deadHosts.add(dead);
        String deadJob = client.submitted(job(dead.url(), 10_000));
        await().atMost(PATIENCE).until(() -> dead.connections() > 0);

        client.submitted(job(url, IMAGES));

        awaitInFlight((int) Math.ceil(LEAST_RATIO * ALONE));
        assertThat(client.status(deadJob).body()).contains("ongoing");
    }

    /** Each of them is new and fails only a few times, so that nothing is learnt of any. */
    @Test
    void isAboutHalfOfWhatItIsAloneBesideAJobOfManyDeadHosts() throws IOException {
        ApiClient client = new ApiClient(port);
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            DeadOrigin dead = new DeadOrigin();
            deadHosts.add(dead);
            urls.addAll(Collections.nCopies(3, dead.url()));
        }
        String deadJob = client.submitted(job(urls));

        client.submitted(job(url, IMAGES));

        // 32 of 64 downloads instead of 56; with a turn for each job's image, one or two.
        awaitInFlight(24);
        assertThat(client.status(deadJob).body()).contains("ongoing");
    }

    private void awaitInFlight(int downloads) {
        await("downloads in flight")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAtomic(inFlight, greaterThanOrEqualTo(downloads));
    }

    private void answer(HttpExchange exchange) {
        inFlight.decrementAndGet();
        try (exchange) {
            exchange.sendResponseHeaders(200, PHOTO.length);
            exchange.getResponseBody().write(PHOTO);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String job(String url, int images) {
        return job(Collections.nCopies(images, url));
    }

    private static String job(List<String> urls) {
        String joined = String.join("\",\"", urls);
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": ["%s"], "visit_time": "2023-03-15"}]}""".formatted(joined);
    }
}
