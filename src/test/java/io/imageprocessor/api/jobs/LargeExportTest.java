package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.Heap;
import io.imageprocessor.InMemoryOnly;
import io.imageprocessor.OwnProcess;
import io.imageprocessor.Scrape;
import io.imageprocessor.job.Job;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** Files that are larger than all buffers between the service and its client. */
@InMemoryOnly("limits on finished images and on the heap")
@TestPropertySource(properties = "imageprocessor.jobs.max-retained-images=1")
@ExtendWith(OutputCaptureExtension.class)
@OwnProcess
@TestInstance(Lifecycle.PER_CLASS)
class LargeExportTest extends JobsOverHttp {

    private static final int IMAGES = 100_000;
    private static final String LONG_URL = "http://a/" + "shelf/".repeat(40);
    private static final int MEGABYTE = 1_000_000;

    private Job job;

    /** Finishes the job once for all tests, and again after the test that removes it. */
    @BeforeEach
    void finishALargeJob() {
        if (job != null && queries.status(job.id()).isPresent()) {
            return;
        }
        job = saved(jobs().visit(
                        "S1",
                        IntStream.range(0, IMAGES).mapToObj(i -> LONG_URL + i).toList()));
        for (int index = 0; index < IMAGES; index++) {
            work(job, index, SUCCEEDED);
        }
    }

    @AfterEach
    void logsNoError(CapturedOutput output) {
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/csv", "application/x-ndjson"})
    void holdsLittleOfTheFileForASlowClient(String type) throws Exception {
        long before = Heap.used();
        // HTTP/1.0 has no chunks, so the test needs no client that might read ahead.
        try (Socket socket = begin("HTTP/1.0", type);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(reader.readLine()).endsWith(" 200 ");
            assertThat(reader.lines().takeWhile(header -> !header.isEmpty())).isNotEmpty();
            int lines = 0;
            String last = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = line;
                if (++lines % (IMAGES / 3) == 0) {
                    // Not at once: the service first fills all buffers on the way to the client.
                    await().until(() -> Heap.used() - before < 8 * MEGABYTE);
                }
            }
            assertThat(lines).isEqualTo(type.equals("text/csv") ? IMAGES + 1 : IMAGES);
            assertThat(last).contains(LONG_URL + (IMAGES - 1));
        }
    }

    @Test
    void abortsTheConnectionIfTheJobIsRemoved() throws Exception {
        URLConnection connection =
                URI.create("http://localhost:" + port + imagesOf(job)).toURL().openConnection();
        connection.setRequestProperty("Accept", "text/csv");
        try (InputStream file = connection.getInputStream()) {
            assertThat(file.readNBytes(MEGABYTE)).hasSize(MEGABYTE);

            work(saved(jobs().visit("S1", "http://a/0")), 0, SUCCEEDED);
            assertThat(queries.status(job.id())).isEmpty();

            assertThatIOException().isThrownBy(file::readAllBytes);
        }
    }

    @Test
    void limitsFilesAndReleasesThemWithTheirClients() throws Exception {
        List<Socket> exports = new ArrayList<>();
        try {
            for (int i = 0; i < ReadLimiter.MAX; i++) {
                Socket export = begin("HTTP/1.1", "text/csv");
                exports.add(export);
                assertThat(export.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
            }

            HttpResponse<String> rejected = client.get(imagesOf(job), "Accept", "text/csv");
            assertThat(rejected.statusCode()).isEqualTo(503);
            assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
            assertThat(rejected.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(rejected.body()).isEqualTo("{\"error\":\"too many files are being sent; try again later\"}");
            assertThat(scrape().value("imageprocessor_files")).isEqualTo(ReadLimiter.MAX);
            assertThat(scrape().value("imageprocessor_files_limit")).isEqualTo(ReadLimiter.MAX);
            assertThat(client.get(imagesOf(job)).statusCode()).isEqualTo(200);
            assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        } finally {
            for (Socket export : exports) {
                export.close();
            }
        }
        await().until(() -> client.get(imagesOf(job) + "?status=failed", "Accept", "text/csv")
                        .statusCode()
                == 200);
        await().until(() -> scrape().value("imageprocessor_files") == 0);
    }

    private Scrape scrape() {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }

    private Socket begin(String protocol, String type) throws IOException {
        Socket socket = new Socket("localhost", port);
        socket.getOutputStream()
                .write("GET %s %s\r\nHost: a\r\nAccept: %s\r\n\r\n"
                        .formatted(imagesOf(job), protocol, type)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
