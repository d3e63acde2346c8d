package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.mock.web.MockHttpServletRequest;

/** Clients that start a submission and send nothing more. */
@ServiceTest
@SameOnAnyStorage
class SlowUploadsTest {

    private static final int MAX_UPLOADS = 64;
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";

    @LocalServerPort
    int port;

    @Autowired
    SubmitController controller;

    /** The bodies arrive in no request thread, because the web server would disconnect clients that stall. */
    @Test
    void slowUploadsLeaveThreadsForOtherRequests() throws Exception {
        ApiClient client = new ApiClient(port);
        Scrape before = scrape(client);
        CountDownLatch arrived = new CountDownLatch(1);
        try (ExecutorService uploads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int i = 0; i < MAX_UPLOADS; i++) {
                    var _ = uploads.submit(() -> controller.submit(upload(arrived)));
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
                arrived.countDown();
            }
        }
        await().until(() -> client.submit(JOB).statusCode() == 201);
        await().until(() -> scrape(client).value("imageprocessor_uploads") == 0);
    }

    /** Returns a submission whose body does not arrive before the latch opens, and then ends. */
    private static HttpServletRequest upload(CountDownLatch arrived) {
        InputStream body = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    arrived.await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/submit") {
            @Override
            public ServletInputStream getInputStream() {
                return new DelegatingServletInputStream(body);
            }
        };
        request.setContentType("application/json");
        return request;
    }

    private static double rejections(String reason, Scrape scrape) {
        return scrape.value("imageprocessor_submissions_refused_total", "reason", reason);
    }

    private static Scrape scrape(ApiClient client) {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }
}
