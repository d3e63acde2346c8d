package io.imageprocessor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.DatabaseProxy.Way;
import io.imageprocessor.postgres.TestDatabase;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What clients and operators see during an outage of the database, refused or silent, and afterwards. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"imageprocessor.storage=postgres", "imageprocessor.download.private-networks=allow"})
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class DatabaseOutageTest {

    private static final String READINESS = "/actuator/health/readiness";
    private static final String JSON = "application/json";
    private static final String DATABASE = TestDatabase.create();
    private static final DatabaseProxy PROXY =
            new DatabaseProxy(URI.create(DATABASE.substring("jdbc:".length())).getPort());

    @LocalServerPort
    int port;

    ApiClient client;

    @DynamicPropertySource
    static void useProxy(DynamicPropertyRegistry properties) {
        properties.add(
                "spring.datasource.url", () -> DATABASE.replaceFirst("localhost:\\d+", "127.0.0.1:" + PROXY.port()));
    }

    @BeforeEach
    void makeClient() {
        client = new ApiClient(port);
    }

    @AfterEach
    void endOutage() {
        PROXY.set(Way.OPEN);
        await().atMost(Duration.ofSeconds(20)).until(() -> client.get(READINESS).statusCode() == 200);
    }

    @AfterAll
    static void closeTheProxy() {
        PROXY.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "SILENT"})
    void answersEveryCallWith503AndRetryAfterDuringOutage(Way way) {
        String id = client.submitted(job("http://127.0.0.1:1/none.jpg"));
        client.finished(id);
        Map<String, Function<ApiClient, HttpResponse<String>>> calls = Map.ofEntries(
                Map.entry("submit", c -> c.submit(job("http://127.0.0.1:1/a.jpg"))),
                Map.entry(
                        "submit with a key",
                        c -> c.post(
                                "/api/submit",
                                job("http://127.0.0.1:1/a.jpg"),
                                "Content-Type",
                                JSON,
                                "Idempotency-Key",
                                "k-" + way)),
                Map.entry("status", c -> c.status(id)),
                Map.entry("job", c -> c.get("/api/jobs/" + id)),
                Map.entry("wait", c -> c.get("/api/jobs/" + id + "?wait=20s")),
                Map.entry("jobs", c -> c.get("/api/jobs")),
                Map.entry("failedStores", c -> c.get("/api/jobs/" + id + "/failed-stores")),
                Map.entry("images", c -> c.get("/api/jobs/" + id + "/images")),
                Map.entry("file", c -> c.get("/api/jobs/" + id + "/images", "Accept", "text/csv")),
                Map.entry("events", c -> c.get("/api/jobs/" + id + "/events")),
                Map.entry("cancel", c -> c.post("/api/jobs/" + id + "/cancel", "")),
                Map.entry("retry", c -> c.post("/api/jobs/" + id + "/retry", "")),
                Map.entry(
                        "visits", c -> c.get("/api/visits?storeid=S00339218&startdate=2023-03-15&enddate=2023-03-15")));

        PROXY.set(way);

        // Calls before the outage is detected, and calls after that.
        assertThat(answers(calls)).allSatisfy(DatabaseOutageTest::isUnavailableWithinFourSeconds);
        await().until(() -> client.get(READINESS).statusCode() == 503);
        assertThat(answers(calls)).allSatisfy(DatabaseOutageTest::isUnavailableWithinFourSeconds);
        assertThat(client.get("/api/stores?limit=1").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "SILENT"})
    void reportsOutageByReadinessAndOneLogLine(Way way, CapturedOutput output) {
        int before = output.getAll().length();

        PROXY.set(way);

        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            HttpResponse<String> readiness = client.get(READINESS);
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).isEqualTo("{\"status\":\"OUT_OF_SERVICE\"}");
        });
        assertThat(client.get("/actuator/health/liveness").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(client.submit(job("http://127.0.0.1:1/a.jpg")).statusCode()).isEqualTo(503);

        endOutage();

        client.finished(client.submitted(job("http://127.0.0.1:1/a.jpg")));
        assertThat(output.getAll().substring(before).lines().filter(line -> !line.contains(" job ")))
                .satisfiesExactly(
                        start -> assertThat(start).contains(" WARN ", "database ", "/test_", " does not answer: "),
                        end -> assertThat(end).containsPattern(" INFO .* answers again after \\d+ s"));
    }

    @Test
    void reportsOutageByMetersAndKeepsLastTotals() {
        client.finished(client.submitted(job("http://127.0.0.1:1/a.jpg")));
        await().atMost(Duration.ofSeconds(20)).until(() -> failedJobs() > 0);
        assertThat(scrape().value("imageprocessor_database_away")).isZero();
        assertThat(scrape().value("imageprocessor_ready")).isOne();
        double counted = failedJobs();

        PROXY.set(Way.CUT);

        await().until(() -> scrape().value("imageprocessor_database_away") == 1);
        assertThat(scrape().value("imageprocessor_ready")).isZero();
        assertThat(failedJobs()).isEqualTo(counted);
    }

    private double failedJobs() {
        return scrape().value("imageprocessor_jobs", "state", "failed");
    }

    private Scrape scrape() {
        return Scrape.of(client.get("/actuator/prometheus").body());
    }

    @Test
    void keepsWaitsAndEventStreamsOpenDuringOutage() throws Exception {
        try (DeadOrigin origin = new DeadOrigin()) {
            String id = client.submitted(job(origin.url()));
            HttpClient http = HttpClient.newHttpClient();
            CompletableFuture<HttpResponse<Stream<String>>> events =
                    http.sendAsync(request("/api/jobs/" + id + "/events"), BodyHandlers.ofLines());
            CompletableFuture<HttpResponse<String>> waited =
                    http.sendAsync(request("/api/jobs/" + id + "?wait=60s"), BodyHandlers.ofString());
            Stream<String> lines = events.join().body();
            await().until(() -> client.get("/api/jobs/" + id).body().contains("\"running\":1"));

            PROXY.set(Way.SILENT);
            await().until(() -> client.get(READINESS).statusCode() == 503);
            endOutage();
            client.post("/api/jobs/" + id + "/cancel", "");

            assertThat(waited.join().body()).contains("\"status\":\"cancelled\"");
            assertThat(lines.filter(line -> line.startsWith("event:")))
                    .last()
                    .asString()
                    .contains("finished");
        }
    }

    /** The claim of the key expires during the outage, and another replica accepts a submission with the key. */
    @Test
    void rejectsAndCountsSubmissionThatWasOvertakenDuringOutage() throws Exception {
        double before = overtaken();
        byte[] body = job("http://127.0.0.1:1/a.jpg").getBytes(UTF_8);
        // Without the proxy, like a replica that is still connected.
        try (Connection elsewhere = DriverManager.getConnection(DATABASE);
                Statement sql = elsewhere.createStatement();
                Socket slow = new Socket("localhost", port)) {
            String head = "POST /api/submit HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIdempotency-Key: slow\r\n";
            slow.getOutputStream().write((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
            slow.getOutputStream().write(body, 0, body.length / 2);
            await().until(() -> sql.executeQuery("SELECT FROM submission_key WHERE key = 'slow'")
                    .next());

            PROXY.set(Way.CUT);
            await().until(() -> client.get(READINESS).statusCode() == 503);
            assertThat(sql.executeUpdate("""
                            UPDATE submission_key
                            SET free_at = now() + interval '1 day', fingerprint = 'another', job_id = 1
                            WHERE key = 'slow'""")).isEqualTo(1);
            endOutage();

            slow.getOutputStream().write(body, body.length / 2, body.length - body.length / 2);

            assertThat(new String(slow.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: ")
                    .contains("{\"error\":\"another submission with this Idempotency-Key was accepted; try again\"}");
        }
        assertThat(overtaken()).isEqualTo(before + 1);
    }

    private double overtaken() {
        return scrape().value("imageprocessor_submissions_refused_total", "reason", "overtaken");
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
    }

    private record Answer(String call, HttpResponse<String> response, Duration time) {}

    /** Makes the calls concurrently. */
    private List<Answer> answers(Map<String, Function<ApiClient, HttpResponse<String>>> calls) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return calls.entrySet().stream()
                    .map(call -> CompletableFuture.supplyAsync(
                            () -> {
                                long start = System.nanoTime();
                                HttpResponse<String> response = call.getValue().apply(client);
                                return new Answer(call.getKey(), response, Duration.ofNanos(System.nanoTime() - start));
                            },
                            executor))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private static void isUnavailableWithinFourSeconds(Answer answer) {
        assertThat(answer.response().statusCode()).as(answer.call()).isEqualTo(503);
        assertThat(answer.response().headers().firstValue("Retry-After"))
                .as(answer.call())
                .isPresent();
        assertThat(answer.time()).as(answer.call()).isLessThan(Duration.ofSeconds(4));
    }

    private static String job(String url) {
        return """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["%s"]}]}
                """.formatted(url);
    }
}
