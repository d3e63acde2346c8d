package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of concurrent downloads of photos whose headers together exceed the heap. */
class HeavyHeadersTest {

    private static final int AT_ONCE = 256;

    /** 100 of them, in all downloads together, are 6 times the heap of the service. */
    private static final int SEGMENTS = Proofs.count("heavy-headers.segments", 100, 800);

    /** An application segment of the largest size. */
    private static final byte[] SEGMENT =
            ByteBuffer.allocate(2 + 0xFFFF).putInt(0xFFE1FFFF).array();

    private static final byte[] PHOTO = Photos.photo("jpeg", 30, 40);

    /** Delays the second half of each response until all downloads have received the first half. */
    private final CyclicBarrier halfway = new CyclicBarrier(AT_ONCE);

    private HttpServer origin;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AT_ONCE);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/photo.jpg", this::answer);
        origin.start();
    }

    @AfterEach
    void stopOrigin() {
        origin.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, PHOTO.length + (long) SEGMENTS * SEGMENT.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(PHOTO, 0, 2);
            for (int i = 0; i < SEGMENTS; i++) {
                if (i == SEGMENTS / 2) {
                    awaitOthers();
                }
                body.write(SEGMENT);
            }
            body.write(PHOTO, 2, PHOTO.length - 2);
        }
    }

    private void awaitOthers() {
        try {
            halfway.await(90, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("fewer downloads at once than there may be", e);
        }
    }

    @Test
    void downloadsLargeHeadersInConstantMemory(@TempDir Path folder) throws Exception {
        String url = "\"http://127.0.0.1:" + origin.getAddress().getPort() + "/photo.jpg\"";
        String urls = String.join(",", Collections.nCopies(AT_ONCE, url));
        String job = """
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": [%s], "visit_time": "2023-03-15"}]}""".formatted(urls);
        try (ServiceProcess service = ServiceProcess.start(
                folder,
                List.of("-Xmx256m"),
                "imageprocessor.download.private-networks=allow",
                // A host starts with an eighth of this limit.
                "imageprocessor.download.concurrency=" + 8 * AT_ONCE,
                "imageprocessor.download.per-host-concurrency=" + AT_ONCE,
                "imageprocessor.download.read-timeout=2m",
                "imageprocessor.download.total-timeout=2m",
                "imageprocessor.download.max-attempts=1")) {
            String jobId = service.client.submitted(job);

            assertThat(service.client.finished(jobId, Duration.ofSeconds(100))).contains("completed");
            assertThat(service.log()).doesNotContain("OutOfMemoryError", "ERROR");
        }
    }
}
