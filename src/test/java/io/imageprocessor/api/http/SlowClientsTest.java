package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that hold more connections and request threads than the web server has. */
@ServiceTest("server.tomcat.max-connections=" + SlowClientsTest.MAX_CONNECTIONS)
@SameOnAnyStorage
class SlowClientsTest {

    static final int MAX_CONNECTIONS = 400;

    /** More than the request threads of the web server. */
    private static final int MANY = 230;

    private static final String BUNDLE = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1";

    @LocalServerPort
    int port;

    private final List<RawRequest> slow = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        for (RawRequest request : slow) {
            request.close();
        }
    }

    @Test
    void respondsBesideClientsThatDoNotReadALargeResponse() throws Exception {
        for (int i = 0; i < MANY; i++) {
            slow.add(neverReading());
        }
        respondsSoon();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /api/submit", "GET /api/stores", "POST /api/nothing"})
    void respondsBesideClientsWhoseUnwantedBodiesDoNotArrive(String call) throws Exception {
        for (int i = 0; i < MANY; i++) {
            RawRequest client =
                    new RawRequest(port, call + " HTTP/1.1", "Content-Type: text/plain", "Content-Length: 200000000");
            slow.add(client);
            client.send("x");
        }
        respondsSoon();
    }

    @Test
    void acceptsSubmissionsBesideClientsWhoseSubmissionsDoNotArrive() throws Exception {
        for (int i = 0; i < MANY; i++) {
            RawRequest client = new RawRequest(
                    port, "POST /api/submit HTTP/1.1", "Content-Type: application/json", "Content-Length: 2000");
            slow.add(client);
            client.send("{");
        }
        String job = """
                {"count": 1, "visits": [{"store_id": "none", "image_url": ["http://127.0.0.1:1/"],
                "visit_time": "2023-03-15"}]}""";
        // 503 while the service disconnects the others.
        await().atMost(Duration.ofSeconds(20)).until(() -> submit(job).startsWith("HTTP/1.1 201"));
    }

    private String submit(String job) throws IOException {
        try (RawRequest request = new RawRequest(
                port,
                "POST /api/submit HTTP/1.1",
                "Content-Type: application/json",
                "Content-Length: " + job.length(),
                "Connection: close")) {
            request.send(job);
            return request.readToEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET", "GET /api/stores HTTP/1.1\r\nHost: a\r\n"})
    void acceptsConnectionsBesideClientsThatSendHalfARequest(String half) throws Exception {
        for (int i = 0; i < MAX_CONNECTIONS + 200; i++) {
            RawRequest client = new RawRequest(port);
            slow.add(client);
            client.send(half);
        }
        respondsSoon();
    }

    /** Its client may send the next request at any time, and would lose it. */
    @Test
    void disconnectsHalfRequestsBeforeAnIdleConnectionThatHadAResponse() throws Exception {
        String request = RawRequest.head("GET /actuator/health/liveness HTTP/1.1");
        try (RawRequest idle = new RawRequest(port)) {
            idle.send(request);
            String first = readResponse(idle);
            for (int i = 0; i < MAX_CONNECTIONS + 200; i++) {
                RawRequest client = new RawRequest(port);
                slow.add(client);
                client.send("GET");
            }
            idle.send(request);
            assertThat(readResponse(idle)).isNotEmpty().hasSameSizeAs(first);
        }
    }

    /** Reads a response in chunks. */
    private static String readResponse(RawRequest client) throws IOException {
        StringBuilder response = new StringBuilder();
        String next;
        do {
            next = client.read(1);
            response.append(next);
        } while (!next.isEmpty() && response.indexOf("\r\n0\r\n\r\n") < 0);
        return response.toString();
    }

    @Test
    void doesNotDisconnectASlowClientThatReads() throws Exception {
        try (RawRequest reader = new RawRequest(port, BUNDLE, "Connection: close")) {
            StringBuilder response = new StringBuilder(reader.read(20_000));
            for (int i = 0; i < MANY; i++) {
                slow.add(neverReading());
                response.append(reader.read(2_000));
            }
            response.append(reader.readToEnd());

            int body = response.indexOf("\r\n\r\n") + 4;
            assertThat(response.substring(0, body)).contains("Content-Length: " + (response.length() - body));
        }
    }

    /** Asks for more than the system buffers. */
    private RawRequest neverReading() throws IOException {
        RawRequest client = new RawRequest(port);
        client.send(RawRequest.head(BUNDLE).repeat(4));
        return client;
    }

    /** Without limits for slow clients, each response would take as long as the timeout of the web server: 60 s. */
    private void respondsSoon() throws IOException {
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            try (RawRequest probe =
                    new RawRequest(port, "GET /actuator/health/liveness HTTP/1.1", "Connection: close")) {
                assertThat(probe.readToEnd()).startsWith("HTTP/1.1 200");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }
}
