package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Download settings as an origin sees them. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=6",
    "imageprocessor.download.per-host-concurrency=4",
    "imageprocessor.download.max-attempts=2",
    "imageprocessor.gpu.min-time=0ms",
    "imageprocessor.gpu.max-time=0ms"
})
@SameOnAnyStorage
class DownloadLimitsTest {

    private static final byte[] PHOTO = Photos.photo("png", 1, 1);
    private static final int PER_HOST = 4;

    @LocalServerPort
    int port;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();

    /** Delays each response until the limit of requests has arrived, so that one more would be seen. */
    private final CyclicBarrier together = new CyclicBarrier(PER_HOST);

    private HttpServer origin;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/photo.png", exchange -> {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            awaitOthers();
            running.decrementAndGet();
            answer(exchange, 200);
        });
        origin.createContext("/quick.png", exchange -> answer(exchange, 200));
        origin.createContext("/down.png", exchange -> {
            requests.incrementAndGet();
            answer(exchange, 503);
        });
        origin.start();
    }

    @AfterEach
    void stopOrigin() {
        origin.stop(0);
    }

    @Test
    void limitsConcurrentDownloadsPerHost() {
        ApiClient client = new ApiClient(port);
        // The limit of a host grows to this number only after as many responses.
        assertThat(client.finished(client.submitted(job("/quick.png", PER_HOST))))
                .contains("completed");

        assertThat(client.finished(client.submitted(job("/photo.png", 5 * PER_HOST))))
                .contains("completed");

        assertThat(mostRunning).hasValue(PER_HOST);
    }

    @Test
    void limitsAttemptsPerImage() {
        ApiClient client = new ApiClient(port);

        assertThat(client.finished(client.submitted(job("/down.png", 1)))).contains("the origin answered 503");

        assertThat(requests).hasValue(2);
    }

    private void awaitOthers() {
        try {
            together.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("fewer downloads at once than there may be", e);
        }
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, PHOTO.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(PHOTO);
        }
    }

    private String job(String path, int images) {
        String url = "\"http://localhost:" + origin.getAddress().getPort() + path + "\"";
        String urls = String.join(",", Collections.nCopies(images, url));
        return """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(urls);
    }
}
