package io.imageprocessor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/**
 * A host that never answers costs the others next to nothing. What is measured is the downloads that are left for a healthy
 * host, not the machine: its latency is so long that both cores are idle most of the time.
 */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "imageprocessor.download.private-networks=allow",
            "imageprocessor.download.concurrency=64",
            "imageprocessor.download.read-timeout=1s",
            "imageprocessor.download.max-attempts=5",
            "imageprocessor.gpu.min-time=0ms",
            "imageprocessor.gpu.max-time=0ms",
            "spring.lifecycle.timeout-per-shutdown-phase=100ms"
        })
@DirtiesContext
class ThroughputBesideADeadHostTest {

    private static final int LATENCY_MILLIS = 100;
    private static final int IMAGES = 840;
    private static final int ROUNDS = 3;
    private static final double LEAST_RATIO = 0.9;
    private static final byte[] PHOTO = Photos.photo("png", 1, 1);

    @LocalServerPort
    int port;

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
    void stopOrigin() {
        healthy.stop(0);
    }

    @Test
    void isNearlyWhatItIsAlone() throws IOException {
        ApiClient client = new ApiClient(port);
        String url = "http://127.0.0.1:" + healthy.getAddress().getPort() + "/photo.png";
        secondsFor(client, url);

        double alone = medianSecondsFor(client, url);
        try (DeadOrigin dead = new DeadOrigin()) {
            String deadJob = client.submitted(job(dead.url(), 10_000));
            // In the first round the dead host holds what an unknown one may, later it is left alone and tried again.
            double beside = medianSecondsFor(client, url);

            assertThat(client.status(deadJob).body()).contains("ongoing");
            assertThat(dead.connections()).isPositive();
            assertThat(alone / beside).as("throughput beside over alone").isGreaterThanOrEqualTo(LEAST_RATIO);
        }
    }

    private static double medianSecondsFor(ApiClient client, String url) {
        double[] seconds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            seconds[round] = secondsFor(client, url);
        }
        Arrays.sort(seconds);
        return seconds[ROUNDS / 2];
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
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(String.join(",", Collections.nCopies(images, '"' + url + '"')));
    }
}
