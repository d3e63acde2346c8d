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
 * Checks that dead hosts, which never answer, take few downloads from healthy hosts. The tests count the downloads that
 * a healthy host has in flight at once; {@code bench/run} measures the throughput.
 */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=64",
    "imageprocessor.download.read-timeout=" + ThroughputBesideBadHostsTest.READ_TIMEOUT_SECONDS + "s",
    "imageprocessor.download.max-attempts=5",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms"
})
@DirtiesContext
@SameOnAnyStorage
class ThroughputBesideBadHostsTest {

    /** Long enough that the number of downloads in flight reaches its limit on a busy machine too. */
    private static final int LATENCY_MILLIS = 1_000;

    private static final int IMAGES = 300;

    /** The limit of a host: seven eighths of all downloads. */
    private static final int HOST_LIMIT = 56;

    /** The initial limit of a new host: one eighth of all downloads. */
    private static final int NEW_HOST_LIMIT = 8;

    static final int READ_TIMEOUT_SECONDS = 4;
    private static final double MIN_RATIO = 0.9;
    private static final int DEAD_HOSTS = 64;
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** After the first timeouts a dead host has one download at a time, and each lasts for the read timeout. */
    private static final int MAX_TRIALS = Math.ceilDiv((int) MAX_WAIT.toSeconds(), READ_TIMEOUT_SECONDS);

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
    void keepsDownloadsOfAHealthyHostBesideADeadHost() throws IOException {
        ApiClient client = new ApiClient(port);
        String alone = client.submitted(job(url, IMAGES));
        awaitInFlight(HOST_LIMIT);
        client.finished(alone);
        DeadOrigin dead = new DeadOrigin();
        deadHosts.add(dead);
        String deadJob = client.submitted(job(dead.url(), 10_000));
        await().atMost(MAX_WAIT).until(() -> dead.connections() > 0);

        client.submitted(job(url, IMAGES));

        awaitInFlight((int) Math.ceil(MIN_RATIO * HOST_LIMIT));
        assertThat(dead.connections()).isLessThanOrEqualTo(NEW_HOST_LIMIT + MAX_TRIALS);
        assertThat(client.status(deadJob).body()).contains("ongoing");
    }

    /** Each dead host is new and has only three images, so that the service does not detect that it is dead. */
    @Test
    void keepsItsFairShareOfDownloadsBesideAJobOfManyDeadHosts() throws IOException {
        ApiClient client = new ApiClient(port);
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < DEAD_HOSTS; i++) {
            DeadOrigin dead = new DeadOrigin();
            deadHosts.add(dead);
            urls.addAll(Collections.nCopies(3, dead.url()));
        }
        String deadJob = client.submitted(job(urls));

        client.submitted(job(url, IMAGES));

        // The fair share is 32 of 64 downloads. If the queue alternated between the jobs without regard to the
        // downloads in flight, the healthy host would have one or two.
        awaitInFlight(24);
        assertThat(client.status(deadJob).body()).contains("ongoing");
    }

    private void awaitInFlight(int downloads) {
        await("downloads in flight")
                .atMost(MAX_WAIT)
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
