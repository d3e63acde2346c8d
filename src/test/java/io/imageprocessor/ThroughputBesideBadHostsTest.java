package io.imageprocessor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/**
 * A host that never answers costs the others next to nothing, and any number of them no more than their job's share.
 * What is measured is the downloads that are left for a healthy host, not the machine: its latency is so long that both
 * cores are idle most of the time.
 */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=64",
    "imageprocessor.download.read-timeout=1s",
    "imageprocessor.download.max-attempts=5",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms",
    "spring.lifecycle.timeout-per-shutdown-phase=100ms"
})
@DirtiesContext
class ThroughputBesideBadHostsTest {

    private static final int LATENCY_MILLIS = 50;
    private static final int IMAGES = 1_680;
    private static final int ROUNDS = 3;
    private static final double LEAST_RATIO = 0.9;
    private static final int MANY = 64;
    private static final byte[] PHOTO = Photos.photo("png", 1, 1);

    @LocalServerPort
    int port;

    private final List<DeadOrigin> deadHosts = new ArrayList<>();
    private HttpServer healthy;

    @BeforeEach
    void startOrigin() throws IOException {
        Executor afterLatency = CompletableFuture.delayedExecutor(
                LATENCY_MILLIS, MILLISECONDS, Executors.newVirtualThreadPerTaskExecutor());
        healthy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        healthy.createContext("/", exchange -> afterLatency.execute(() -> answer(exchange)));
        healthy.start();
    }

    @AfterEach
    void stopOrigins() throws IOException {
        healthy.stop(0);
        for (DeadOrigin dead : deadHosts) {
            dead.close();
        }
    }

    @Test
    @InMemoryOnly("the queue is the same; the test would also measure the database's work on the same cores")
    void isNearlyWhatItIsAloneBesideADeadHost() throws IOException {
        ApiClient client = new ApiClient(port);
        String url = "http://127.0.0.1:" + healthy.getAddress().getPort() + "/photo.png";
        secondsFor(client, url);

        double[] alone = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            alone[round] = secondsFor(client, url);
        }
        double[] beside = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            // A host of which nothing is known yet, while those of the rounds before are tried again now and then.
            DeadOrigin dead = new DeadOrigin();
            deadHosts.add(dead);
            String deadJob = client.submitted(job(dead.url(), 10_000));
            beside[round] = secondsFor(client, url);
            assertThat(client.status(deadJob).body()).contains("ongoing");
            assertThat(dead.connections()).isPositive();
        }

        assertThat(fastest(alone) / fastest(beside))
                .as("throughput beside a dead host over alone")
                .isGreaterThanOrEqualTo(LEAST_RATIO);
    }

    /** Each of them is new and fails only a few times, so that nothing is learnt of any. */
    @Test
    void isAboutHalfOfWhatItIsAloneBesideAJobOfManyDeadHosts() throws IOException {
        ApiClient client = new ApiClient(port);
        String url = "http://127.0.0.1:" + healthy.getAddress().getPort() + "/photo.png";
        secondsFor(client, url);
        double alone = secondsFor(client, url);
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            DeadOrigin dead = new DeadOrigin();
            deadHosts.add(dead);
            urls.addAll(Collections.nCopies(3, dead.url()));
        }
        String deadJob = client.submitted(job(urls));

        double beside = secondsFor(client, url);

        assertThat(client.status(deadJob).body()).contains("ongoing");
        // 32 of 64 downloads instead of 56; with a turn for each job's image, one or two.
        assertThat(alone / beside).isGreaterThan(0.3);
    }

    /**
     * What else the machine does only ever adds to the time, and the downloads held by a dead host add to every round.
     */
    private static double fastest(double[] seconds) {
        return Arrays.stream(seconds).min().orElseThrow();
    }

    private static double secondsFor(ApiClient client, String url) {
        long start = System.nanoTime();
        assertThat(client.finished(client.submitted(job(url, IMAGES)))).contains("completed");
        return (System.nanoTime() - start) / 1e9;
    }

    private static void answer(HttpExchange exchange) {
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
