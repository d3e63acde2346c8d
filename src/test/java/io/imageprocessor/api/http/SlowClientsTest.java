package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Clients that hold more connections and request threads than the web server has. */
@ServiceTest("server.tomcat.max-connections=" + SlowClientsTest.MAX_CONNECTIONS)
@SameOnAnyStorage
class SlowClientsTest {

    static final int MAX_CONNECTIONS = 400;

    /** More than the request threads of the web server. */
    private static final int MANY = 230;

    private static final int MAX_UPLOADS = 64;

    private static final String BUNDLE = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1";

    /** More than 2,000 slow clients with those before the first probe. */
    private static final int PER_PROBE = 9;

    @LocalServerPort
    int port;

    @Autowired
    ServletWebServerApplicationContext context;

    private final List<RawRequest> slow = new ArrayList<>();
    private ResponseTimes times;
    private ApiClient client;

    @BeforeEach
    void startControl() throws IOException {
        client = new ApiClient(port);
        times = new ResponseTimes(port);
    }

    @AfterEach
    void disconnect() throws IOException {
        times.close();
        for (RawRequest request : slow) {
            request.close();
        }
    }

    @Test
    void respondsBesideClientsThatDoNotReadALargeResponse() throws Exception {
        double before = disconnected("not_reading");

        open(MANY, this::neverReading);

        assertDisconnected("not_reading", before + MANY - ClientProtocol.MAX_STALLED_WRITERS);
        assertBusyThreads(ClientProtocol.MAX_STALLED_WRITERS);
        times.assertPrompt(() -> open(1, this::neverReading));
        assertBusyThreads(ClientProtocol.MAX_STALLED_WRITERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /api/submit", "GET /api/stores", "POST /api/nothing"})
    void respondsBesideClientsWhoseUnwantedBodiesDoNotArrive(String call) throws Exception {
        Client slowClient = () -> {
            RawRequest request =
                    new RawRequest(port, call + " HTTP/1.1", "Content-Type: text/plain", "Content-Length: 200000000");
            request.send("x");
            return request;
        };
        open(MANY, slowClient);

        // Each thread that reads a body away does so for 2 s, so their number stays at the limit. Others are
        // busy with a response for a moment, so the median counts.
        List<Integer> busy = new ArrayList<>();
        times.assertPrompt(() -> {
            busy.add(new RequestThreads(context).busy());
            open(PER_PROBE, slowClient);
        });

        Collections.sort(busy);
        assertThat(busy.get(busy.size() / 2)).as("median of %s", busy).isLessThan(2 * ClientProtocol.MAX_UNREAD_BODIES);
    }

    @Test
    void acceptsSubmissionsBesideClientsWhoseSubmissionsDoNotArrive() throws Exception {
        double before = disconnected("not_sending");
        open(MANY, () -> {
            RawRequest upload = new RawRequest(
                    port, "POST /api/submit HTTP/1.1", "Content-Type: application/json", "Content-Length: 2000");
            upload.send("{");
            return upload;
        });
        String job = """
                {"count": 1, "visits": [{"store_id": "none", "image_url": ["http://127.0.0.1:1/"],
                "visit_time": "2023-03-15"}]}""";
        // 503 while the service disconnects the others.
        await().atMost(Duration.ofSeconds(20)).until(() -> submit(job).startsWith("HTTP/1.1 201"));
        assertDisconnected("not_sending", before + MAX_UPLOADS - ClientProtocol.MAX_STALLED_READERS);
        assertBusyThreads(ClientProtocol.MAX_STALLED_READERS);
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
        double before = disconnected("idle");
        Client slowClient = () -> {
            RawRequest request = new RawRequest(port);
            request.send(half);
            return request;
        };
        open(MAX_CONNECTIONS + 200, slowClient);

        assertDisconnected("idle", before + 200);
        assertThat(disconnected("idle")).isLessThanOrEqualTo(before + MAX_CONNECTIONS + 200);
        times.assertPrompt(() -> open(PER_PROBE, slowClient));
    }

    /** Its client may send the next request at any time, and would lose it. */
    @Test
    void disconnectsHalfRequestsBeforeAnIdleConnectionThatHadAResponse() throws Exception {
        String request = RawRequest.head("GET /actuator/health/liveness HTTP/1.1");
        try (RawRequest idle = new RawRequest(port)) {
            idle.send(request);
            String first = readResponse(idle);
            open(MAX_CONNECTIONS + 200, () -> {
                RawRequest half = new RawRequest(port);
                half.send("GET");
                return half;
            });
            idle.send(request);
            assertThat(readResponse(idle)).isNotEmpty().hasSameSizeAs(first);
        }
    }

    @Test
    void disconnectsIdleConnectionsBeforeANewClientWhoseRequestIsOnItsWay() throws Exception {
        String request = RawRequest.head("GET /actuator/health/liveness HTTP/1.1");
        open(MAX_CONNECTIONS, () -> {
            RawRequest idle = new RawRequest(port);
            idle.send(request);
            readResponse(idle);
            return idle;
        });
        try (RawRequest late = new RawRequest(port)) {
            open(5, () -> new RawRequest(port));
            late.send(request);
            assertThat(readResponse(late)).startsWith("HTTP/1.1 200");
        }
    }

    /** Reads a response in chunks. */
    private static String readResponse(RawRequest request) throws IOException {
        StringBuilder response = new StringBuilder();
        String next;
        do {
            next = request.read(1);
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
        RawRequest request = new RawRequest(port);
        request.send(RawRequest.head(BUNDLE).repeat(4));
        return request;
    }

    /** Opens the connection of a slow client. */
    private interface Client {

        RawRequest open() throws IOException;
    }

    private void open(int clients, Client slowClient) throws IOException {
        for (int i = 0; i < clients; i++) {
            slow.add(slowClient.open());
        }
    }

    private double disconnected(String reason) {
        return Scrape.of(client.get("/actuator/prometheus").body())
                .value("imageprocessor_clients_disconnected_total", "reason", reason);
    }

    private void assertDisconnected(String reason, double atLeast) {
        await().untilAsserted(() -> assertThat(disconnected(reason)).isGreaterThanOrEqualTo(atLeast));
    }

    /** Threads that handle a request for a moment are busy too, so this waits. */
    private void assertBusyThreads(int most) {
        await().untilAsserted(
                        () -> assertThat(new RequestThreads(context).busy()).isLessThanOrEqualTo(most));
    }
}
