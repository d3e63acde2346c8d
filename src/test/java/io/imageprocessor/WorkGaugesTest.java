package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The values of the work gauges while one image is in each stage that an image can be in. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.concurrency=4",
    // The counts are renewed every 10 s, and the held download must last longer.
    "imageprocessor.download.read-timeout=10m",
    "imageprocessor.download.total-timeout=10m",
    "imageprocessor.gpu.slots=1",
    "imageprocessor.gpu.min-time=10m",
    "imageprocessor.gpu.max-time=10m"
})
class WorkGaugesTest {

    private static final byte[] PHOTO = Photos.photo("png", 10, 10);

    private final CountDownLatch release = new CountDownLatch(1);

    @Value("${imageprocessor.storage:memory}")
    String storage;

    @LocalServerPort
    int port;

    private ApiClient client;
    private HttpServer origin;

    @BeforeEach
    void serve() throws IOException {
        client = new ApiClient(port);
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/photo.png", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, PHOTO.length);
                exchange.getResponseBody().write(PHOTO);
            }
        });
        origin.createContext("/held.png", this::answerHalf);
        origin.start();
    }

    private void answerHalf(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, PHOTO.length);
            exchange.getResponseBody().write(PHOTO, 0, PHOTO.length / 2);
            exchange.getResponseBody().flush();
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        release.countDown();
        origin.stop(0);
    }

    /** Both hosts are new, so each has the initial limit of one concurrent download. */
    @Test
    void countsTheImagesOfEachStage() {
        String photo = "http://localhost:" + origin.getAddress().getPort() + "/photo.png";
        String held = "http://127.0.0.1:" + origin.getAddress().getPort() + "/held.png";

        String job = client.submitted("""
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15",
                  "image_url": ["%1$s", "%1$s", "%2$s", "%2$s"]}]}""".formatted(photo, held));

        // One image is on the GPU, one waits for the GPU, one is downloading, and one waits for its download.
        await().untilAsserted(() -> assertThat(gauges()).isEqualTo(gauges(1, 2, 1, 3)));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Scrape counted = scrape();
            assertThat(counted.value("imageprocessor_images_unfinished")).isEqualTo(4);
            assertThat(counted.value("imageprocessor_jobs", "state", "ongoing")).isEqualTo(1);
        });
        assertThat(scrape().value("imageprocessor_gpu_utilization")).isEqualTo(1);
        assertThat(scrape().value("imageprocessor_downloads_in_flight_bytes")).isPositive();
        if (storage.equals("postgres")) {
            assertThat(scrape().value("imageprocessor_slices_held")).isEqualTo(1);
        }

        client.post("/api/jobs/" + job + "/cancel", "");
        await().untilAsserted(() -> assertThat(gauges()).isEqualTo(gauges(0, 0, 0, 0)));
    }

    private Map<String, Double> gauges() {
        Scrape scrape = scrape();
        return gauges(
                scrape.value("imageprocessor_images_pending"),
                scrape.value("imageprocessor_downloads_permits_used"),
                scrape.value("imageprocessor_gpu_slots_busy"),
                scrape.value("imageprocessor_images_running"));
    }

    private static Map<String, Double> gauges(double pending, double permits, double busy, double running) {
        return Map.of("pending", pending, "permits", permits, "busy", busy, "running", running);
    }

    private Scrape scrape() {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }
}
