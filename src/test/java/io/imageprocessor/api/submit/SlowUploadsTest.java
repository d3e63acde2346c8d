package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that start a submission and send nothing more. */
@ServiceTest
@SameOnAnyStorage
class SlowUploadsTest {

    private static final int MAX_UPLOADS = 64;
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";

    @LocalServerPort
    int port;

    @Test
    void slowUploadsLeaveThreadsForOtherRequests() throws Exception {
        ApiClient client = new ApiClient(port);
        Scrape before = scrape(client);
        List<Socket> uploads = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_UPLOADS; i++) {
                uploads.add(beginSubmission());
            }

            await().until(() -> scrape(client).value("imageprocessor_uploads") == MAX_UPLOADS);
            HttpResponse<String> rejected = client.submit(JOB);
            assertThat(rejected.statusCode()).isEqualTo(503);
            assertThat(rejected.body()).isEqualTo("{\"error\":\"too many submissions at once; try again later\"}");
            assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
            Scrape full = scrape(client);
            assertThat(rejections("uploads", full) - rejections("uploads", before))
                    .isEqualTo(1);
            assertThat(rejections("full", full)).isEqualTo(rejections("full", before));
            assertThat(full.value("imageprocessor_uploads_limit")).isEqualTo(MAX_UPLOADS);
            assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        } finally {
            for (Socket upload : uploads) {
                upload.close();
            }
        }
        await().until(() -> client.submit(JOB).statusCode() == 201);
        await().until(() -> scrape(client).value("imageprocessor_uploads") == 0);
    }

    private static double rejections(String reason, Scrape scrape) {
        return scrape.value("imageprocessor_submissions_refused_total", "reason", reason);
    }

    private static Scrape scrape(ApiClient client) {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }

    private Socket beginSubmission() throws IOException {
        Socket socket = new Socket("localhost", port);
        socket.getOutputStream()
                .write("POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{\"count\":"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
