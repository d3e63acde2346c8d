package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.api.StubbedQueries;
import io.imageprocessor.api.http.RawRequest;
import io.imageprocessor.job.JobId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

/** Events and waits over HTTP, of jobs whose states the test sets. */
@ServiceTest
@Import(StubbedQueries.Configuration.class)
class EventsTest {

    private static final int MANY = 1_000;

    private static final JobId ID = new JobId(7);

    @LocalServerPort
    int port;

    @Autowired
    StubbedQueries queries;

    @Autowired
    EventStreams streams;

    @Autowired
    JobPoller poller;

    private final Statuses statuses = new Statuses();
    private ApiClient client;

    @BeforeEach
    void addOngoingJob() {
        client = new ApiClient(port);
        statuses.stub(queries);
        statuses.set(Statuses.ongoing(ID, 1));
        assertThat(streams.count()).isZero();
    }

    @Test
    void sendsEveryChangeAndTheEnd() {
        try (EventReader events = open()) {
            assertThat(events.response.statusCode()).isEqualTo(200);
            assertThat(events.next()).containsExactly("retry: 2000");
            assertThat(events.next())
                    .containsExactly(
                            "id: 1",
                            "event: progress",
                            "data: {\"job_id\":7,\"status\":\"ongoing\",\"counts\":{\"total\":4,\"pending\":3,"
                                    + "\"running\":0,\"succeeded\":1,\"failed\":0,\"cancelled\":0},\"progress\":0.25}");

            statuses.set(Statuses.ongoing(ID, 3));
            assertThat(events.next()).contains("id: 3", "event: progress");

            statuses.set(Statuses.completed(ID));
            assertThat(events.next())
                    .contains("id: 4", "event: progress")
                    .last()
                    .asString()
                    .contains("\"status\":\"completed\"", "\"succeeded\":4");
            assertThat(events.next())
                    .contains("id: finished", "event: finished")
                    .last()
                    .asString()
                    .contains("\"succeeded\":4")
                    .endsWith("\"finished_at\":\"2026-01-01T00:00:07Z\"}");
            assertThat(events.next()).isEmpty();
        }
        await().atMost(Duration.ofSeconds(5)).until(this::nobodyListens);
    }

    @Test
    @SameOnAnyStorage
    void forbidsProxiesToBufferEvents() {
        try (EventReader events = open()) {
            assertThat(events.response.headers().map())
                    .containsEntry("Content-Type", List.of("text/event-stream"))
                    .containsEntry("Cache-Control", List.of("no-store"))
                    .containsEntry("X-Accel-Buffering", List.of("no"));
            statuses.set(Statuses.completed(ID));
            events.rest();
        }
    }

    @Test
    void sendsAtMostFiveChangesPerSecond() {
        AtomicLong version = new AtomicLong(10);
        queries.answer(
                "statuses",
                _ -> statuses
                        .find(ID)
                        .map(job -> job.state().isFinal() ? job : Statuses.ongoing(ID, 2, version.incrementAndGet()))
                        .stream()
                        .toList());
        try (EventReader events = open()) {
            events.next();
            events.next();
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertThat(events.next()).contains("event: progress");
            }
            // Less than a second, because the first event was sent before it was read and the machine may be busy.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
            statuses.set(Statuses.completed(ID));
            events.rest();
        }
    }

    @Test
    @SameOnAnyStorage
    void sendsAllEventsOfAFinishedJobAtOnce() {
        statuses.set(Statuses.completed(ID));

        assertThat(ids(client.get(path(ID)).body())).containsExactly("4", "finished");
    }

    @Test
    void resumesAfterTheLastEventId() {
        try (EventReader events = open("Last-Event-ID", "1")) {
            assertThat(events.next()).containsExactly("retry: 2000");
            statuses.set(Statuses.ongoing(ID, 2));
            assertThat(events.next()).contains("id: 2");
            statuses.set(Statuses.completed(ID));
            events.rest();
        }
    }

    @Test
    void returns204ToAClientThatReceivedTheEnd() {
        statuses.set(Statuses.completed(ID));
        try (EventReader events = open("Last-Event-ID", "finished")) {
            assertThat(events.response.statusCode()).isEqualTo(204);
            assertThat(events.next()).isEmpty();
        }
    }

    @Test
    @SameOnAnyStorage
    void endsWithoutFinishedEventIfTheJobIsRemoved() {
        try (EventReader events = open()) {
            events.next();
            events.next();
            statuses.remove(ID);
            assertThat(events.next()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"123456", "0", "abc", "9007199254740993"})
    @SameOnAnyStorage
    void rejectsUnknownJobs(String id) {
        try (EventReader events =
                EventReader.open(port, "/api/jobs/" + id + "/events", "Accept", "text/event-stream")) {
            assertThat(events.response.statusCode()).isEqualTo(404);
            assertThat(events.response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(events.next()).containsExactly("{\"error\":\"there is no such job\"}");
        }
    }

    @Test
    @SameOnAnyStorage
    void rejectsUnknownParameters() {
        HttpResponse<String> response = client.get(path(ID) + "?since=1");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"unknown parameter since; this call takes none\"}");
    }

    @Test
    @SameOnAnyStorage
    void respondsToHeadWithoutListening() {
        HttpResponse<String> response = client.method("HEAD", path(ID));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(streams.count()).isZero();
    }

    @Test
    @SameOnAnyStorage
    void sendsTheEndToAThousandListeners() throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path(ID)))
                    .build();
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, MANY)
                    .mapToObj(_ -> http.sendAsync(request, BodyHandlers.ofString()))
                    .toList();
            await().atMost(Duration.ofSeconds(30)).until(() -> streams.count() == MANY);
            statuses.set(Statuses.ongoing(ID, 2));
            statuses.set(Statuses.completed(ID));

            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                List<String> ids = ids(answer.get(30, TimeUnit.SECONDS).body());
                assertThat(ids).startsWith("1").endsWith("4", "finished");
            }
        }
        await().atMost(Duration.ofSeconds(5)).until(this::nobodyListens);
    }

    @Test
    @SameOnAnyStorage
    void waitsUntilTheJobIsFinished() {
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                () -> client.get("/api/jobs/7?wait=60s").body());
        await().atMost(Duration.ofSeconds(5)).until(() -> !poller.isIdle());
        assertThat(gauge("imageprocessor_listeners")).isZero();
        await().until(() -> gauge("imageprocessor_requests_held") == 1);

        statuses.set(Statuses.completed(ID));

        assertThat(answer)
                .succeedsWithin(Duration.ofSeconds(5), InstanceOfAssertFactories.STRING)
                .contains("\"status\":\"completed\"");
        await().atMost(Duration.ofSeconds(5)).until(poller::isIdle);
        await().until(() -> gauge("imageprocessor_requests_held") == 0);
    }

    @ParameterizedTest
    @SameOnAnyStorage
    @ValueSource(strings = {"/api/jobs/7?wait=60s", "/api/jobs/7/events"})
    void releasesThePermitOfAClientThatDisconnects(String path) throws Exception {
        try (RawRequest request = new RawRequest(port, "GET " + path + " HTTP/1.1")) {
            await().until(() -> gauge("imageprocessor_requests_held") == 1);
            request.reset();
        }
        // The heartbeat of a stream would detect it after 15 s.
        await().atMost(Duration.ofSeconds(8)).until(() -> gauge("imageprocessor_requests_held") == 0);
        await().atMost(Duration.ofSeconds(5)).until(poller::isIdle);
    }

    @ParameterizedTest
    @SameOnAnyStorage
    @ValueSource(ints = {1, 2_000})
    void releasesThePermitOfAClientThatSendsANextRequestAndDisconnects(int bytes) throws Exception {
        try (RawRequest request = new RawRequest(port, "GET /api/jobs/7?wait=60s HTTP/1.1")) {
            await().until(() -> gauge("imageprocessor_requests_held") == 1);
            request.send("GET /api/jobs/7?" + "x".repeat(bytes) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        await().atMost(Duration.ofSeconds(8)).until(() -> gauge("imageprocessor_requests_held") == 0);
        await().atMost(Duration.ofSeconds(5)).until(poller::isIdle);
    }

    /** The search for disconnected clients reads bytes of the next request, and they are not lost. */
    @Test
    @SameOnAnyStorage
    void respondsToTheNextRequestThatArrivesDuringAWait() throws Exception {
        try (RawRequest request = new RawRequest(port, "GET /api/jobs/7?wait=3s HTTP/1.1")) {
            await().until(() -> gauge("imageprocessor_requests_held") == 1);
            request.send("GET /api/jobs/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(request.readToEnd().split("HTTP/1.1 200")).hasSize(3);
        }
    }

    @Test
    @SameOnAnyStorage
    void returnsTheOngoingJobAfterTheWait() {
        assertThat(client.get("/api/jobs/7?wait=100ms").body()).contains("\"status\":\"ongoing\"");
        await().atMost(Duration.ofSeconds(5)).until(poller::isIdle);
    }

    @Test
    @SameOnAnyStorage
    void respondsAtOnceIfTheJobIsFinished() {
        statuses.set(Statuses.completed(ID));

        assertThat(client.get("/api/jobs/7?wait=60s").body()).contains("\"status\":\"completed\"");
    }

    @Test
    @SameOnAnyStorage
    void returns304ToAClientThatHasTheFinalState() {
        statuses.set(Statuses.completed(ID));
        String tag = client.get("/api/jobs/7").headers().firstValue("ETag").orElseThrow();

        assertThat(client.get("/api/jobs/7?wait=60s", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
    }

    @Test
    @SameOnAnyStorage
    void returns404IfTheJobIsRemovedMeanwhile() {
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                () -> client.get("/api/jobs/7?wait=60s").statusCode());
        await().atMost(Duration.ofSeconds(5)).until(() -> !poller.isIdle());

        statuses.remove(ID);

        assertThat(status).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(404);
    }

    @Test
    @SameOnAnyStorage
    void rejectsInvalidWaits() {
        HttpResponse<String> response = client.get("/api/jobs/7?wait=soon");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith("{\"error\":\"wait must be ");
    }

    private EventReader open(String... headers) {
        return EventReader.open(port, path(ID), headers);
    }

    private static String path(JobId id) {
        return "/api/jobs/" + id + "/events";
    }

    private static List<String> ids(String events) {
        return events.lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring("id: ".length()))
                .toList();
    }

    private double gauge(String name) {
        return Scrape.of(client.get("/actuator/prometheus").body()).value(name);
    }

    private boolean nobodyListens() {
        return streams.count() == 0 && poller.isIdle();
    }
}
