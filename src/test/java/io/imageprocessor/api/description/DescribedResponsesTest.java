package io.imageprocessor.api.description;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Makes a service with small limits give every described response. The client checks that it gives no undescribed one.
 */
@ServiceTest({"imageprocessor.jobs.max-pending-images=2", "imageprocessor.api.max-request-bytes=1KB"})
@DirtiesContext
class DescribedResponsesTest {

    /** Responses that other tests check. */
    private static final Set<String> TRIED_ELSEWHERE = Set.of(
            "status 503 application/json", // needs a database that does not answer: DatabaseOutageTest
            "jobs 503 application/json", // DatabaseOutageTest
            "cancel 503 application/json", // DatabaseOutageTest
            "failedStores 503 application/json", // DatabaseOutageTest
            "submit 408 application/json", // needs five minutes or another clock: LimitedInputStreamTest
            "retry 408 application/json", // LimitedInputStreamTest
            "images 503 application/json", // needs slow clients up to the limit: LargeExportTest
            "events 503 application/json", // needs slow clients up to the limit: SlowListenersTest
            "job 503 application/json", // for waits: SlowListenersTest
            "visits 503 application/json", // needs concurrent requests: ConcurrentRequestLimitsTest
            "reload 503 application/json"); // ConcurrentRequestLimitsTest

    private static final ImageResult FAILED =
            new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    @Autowired
    JobStore store;

    @Autowired
    IdempotencyKeys keys;

    private final ApiDescription description = ApiDescription.read();
    private ApiClient client;

    @DynamicPropertySource
    static void useASeparateStoreMaster(DynamicPropertyRegistry properties) throws IOException {
        writeStoreMaster("71,One,S1");
        properties.add("imageprocessor.store-master", DescribedResponsesTest::storeMaster);
    }

    @BeforeEach
    void connect() {
        client = new ApiClient(port, description);
    }

    @Test
    void serviceGivesEveryDescribedResponse() throws IOException {
        submit();
        status();
        jobs();
        job();
        failedStores();
        cancel();
        retry();
        images();
        events();
        visits();
        stores();
        store();
        reload();

        Set<String> given = new TreeSet<>(description.seen());
        given.addAll(TRIED_ELSEWHERE);
        assertThat(given).containsExactlyElementsOf(described());
        assertThat(description.seen()).doesNotContainAnyElementsOf(TRIED_ELSEWHERE);
    }

    private Set<String> described() {
        Set<String> described = new TreeSet<>();
        description
                .calls()
                .forEach(call -> call.node().path("responses").properties().forEach(answer -> {
                    String status = call.id() + " " + answer.getKey();
                    Collection<String> types = answer.getValue().path("content").propertyNames();
                    described.addAll(
                            types.isEmpty()
                                    ? Set.of(status)
                                    : types.stream()
                                            .map(type -> status + " " + type)
                                            .toList());
                }));
        return described;
    }

    private void submit() {
        String url = "\"http://a/0\"";
        client.submit(submission("S0", url));
        client.submit("[]");
        submit(submission("S0", url), "Idempotency-Key", "twice");
        submit(submission("S0", url), "Idempotency-Key", "twice");
        submit(submission("S1", url), "Idempotency-Key", "twice");
        keys.claim("in-flight");
        submit(submission("S0", url), "Idempotency-Key", "in-flight");
        client.submit(submission("S0", url) + " ".repeat(1_024));
        client.post("/api/submit", submission("S0", url), "Content-Type", "text/plain");
        submit(submission("S0", url), "Content-Encoding", "br");
        submit(submission("S0", url), "Sec-Fetch-Site", "cross-site");
        client.submit(submission("S1", url + "," + url + "," + url));
    }

    private void submit(String body, String header, String value) {
        client.post("/api/submit", body, "Content-Type", "application/json", header, value);
    }

    private static String submission(String store, String urls) {
        return """
                {"count": 1, "visits": [
                  {"store_id": "%s", "image_url": [%s], "visit_time": "2026-01-01"}]}""".formatted(store, urls);
    }

    private void status() {
        client.status(ongoing().id().toString());
        client.status("0");
    }

    private void jobs() {
        client.get("/api/jobs?limit=1");
        rejected("/api/jobs");
    }

    private void job() {
        String job = path(failed());
        client.get(job);
        client.get(job + "?wait=1s");
        client.get(job, "If-None-Match", "*");
        client.get("/api/jobs/0");
        rejected(job);
    }

    private void failedStores() {
        String stores = path(failed()) + "/failed-stores";
        client.get(stores);
        client.get("/api/jobs/0/failed-stores");
        rejected(stores);
    }

    private void cancel() {
        String cancel = path(ongoing()) + "/cancel";
        client.post(cancel, "");
        client.post(path(failed()) + "/cancel", "");
        client.post("/api/jobs/0/cancel", "");
        rejectedCommand(cancel);
    }

    private void retry() {
        client.post(path(ongoing()) + "/retry", "");
        client.post(path(failed()) + "/retry", "");
        client.post("/api/jobs/0/retry", "");
        String failed = path(failed()) + "/retry";
        client.post(failed, "", "Idempotency-Key", "once");
        client.post(failed, new byte[1], "Idempotency-Key", "once");
        client.post(failed, new byte[1_025], "Idempotency-Key", "large");
        Job large = saved(Jobs.job(store.nextId().value()).visit("S1", "http://a/0", "http://a/1", "http://a/2"));
        for (int image = 0; image < 3; image++) {
            fail(large, image);
        }
        client.post(path(large) + "/retry", "");
        rejectedCommand(path(large) + "/retry");
    }

    private void images() {
        String images = path(failed()) + "/images";
        client.get(images);
        client.get(images, "Accept", "text/csv");
        client.get(images, "Accept", "application/x-ndjson");
        client.get("/api/jobs/0/images");
        rejected(images);
    }

    private void events() {
        String events = path(failed()) + "/events";
        client.get(events);
        client.get(events, "Last-Event-ID", "finished");
        client.get("/api/jobs/0/events");
        rejected(events);
    }

    private void visits() {
        client.get("/api/visits?storeid=S1");
        rejected("/api/visits");
    }

    private void stores() {
        client.get("/api/stores");
        rejected("/api/stores");
    }

    private void store() {
        client.get("/api/stores/S1");
        client.get("/api/stores/S0");
        rejected("/api/stores/S1");
    }

    private void reload() throws IOException {
        client.post("/api/stores/reload", "");
        rejectedCommand("/api/stores/reload");
        writeStoreMaster("71,One,S1", "71,Two,S1");
        client.post("/api/stores/reload", "");
    }

    private void rejected(String path) {
        client.get(path + "?colour=red");
        client.get(path, "Accept", "image/png");
    }

    private void rejectedCommand(String path) {
        client.post(path + "?colour=red", "");
        client.post(path, "", "Accept", "image/png");
        client.post(path, "", "Sec-Fetch-Site", "cross-site");
    }

    /** Submits a job whose image is in flight, because waiting images would take the capacity of later submissions. */
    private Job ongoing() {
        Job job = saved(Jobs.job(store.nextId().value()).visit("S1", "http://a/0"));
        store.start(job.id(), 0);
        return job;
    }

    private Job failed() {
        Job job = ongoing();
        fail(job, 0);
        return job;
    }

    private Job saved(Jobs jobs) {
        Job job = jobs.build();
        store.save(job, _ -> {});
        return job;
    }

    private void fail(Job job, int image) {
        store.start(job.id(), image);
        store.record(job.id(), image, FAILED);
    }

    private static String path(Job job) {
        return "/api/jobs/" + job.id();
    }

    private static String storeMaster() {
        return folder.resolve("stores.csv").toString();
    }

    private static void writeStoreMaster(String... stores) throws IOException {
        Files.writeString(Path.of(storeMaster()), "AreaCode,StoreName,StoreID\n" + String.join("\n", stores));
    }
}
