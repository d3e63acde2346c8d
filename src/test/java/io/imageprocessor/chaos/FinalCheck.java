package io.imageprocessor.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.api.jobs.FailedStoresOverHttp;
import io.imageprocessor.chaos.Ledger.Accepted;
import io.imageprocessor.postgres.StoredJobs;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks after all jobs have finished that each result is the expected one, and that all replicas agree. */
final class FinalCheck {

    private final Ledger ledger;
    private final Cluster cluster;

    FinalCheck(Ledger ledger, Cluster cluster) {
        this.ledger = ledger;
        this.cluster = cluster;
    }

    /** Checks all jobs and returns the number of their images. */
    int check() throws InterruptedException {
        StoredJobs.check(cluster.database.dataSource());
        Map<String, JsonNode> listed = listed();
        assertThat(listed.keySet())
                .containsAll(ledger.jobs().stream().map(job -> job.id).toList());
        Set<String> labels = new HashSet<>();
        int images = 0;
        for (JsonNode item : listed.values()) {
            images += check(item);
            if (item.get("retry_of").isNull()) {
                String label = item.get("label").asString();
                assertThat(labels.add(label)).as("one job of %s", label).isTrue();
            }
        }
        assertNoClaimRemains();
        return images;
    }

    private int check(JsonNode item) throws InterruptedException {
        String id = item.get("job_id").asString();
        String label = item.get("label").asString();
        Accepted job = ledger.job(id)
                .orElseGet(() -> new Accepted(
                        id,
                        ledger.unanswered(label)
                                .orElseThrow(
                                        () -> new AssertionError("no client submitted job " + id + ", " + label))));
        JsonNode response = sameFromAll("/api/jobs/" + id);
        item.properties()
                .forEach(property -> assertThat(response.get(property.getKey())).isEqualTo(property.getValue()));
        String status = response.get("status").asString();
        Submission submission = job.submission;
        if (job.cancelled) {
            assertThat(status).as("job %s", id).isEqualTo("cancelled");
        } else if (!job.cancelRequested) {
            assertThat(status).as("job %s", id).isEqualTo(submission.failures() > 0 ? "failed" : "completed");
        }
        Map<String, Integer> states = checkImages(id, submission, status);
        JsonNode counts = response.get("counts");
        assertThat(counts.get("total").asInt()).isEqualTo(submission.images().size());
        assertThat(List.of("pending", "running", "succeeded", "failed", "cancelled"))
                .allSatisfy(state -> assertThat(counts.get(state).asInt())
                        .as("%s images of job %s", state, id)
                        .isEqualTo(states.getOrDefault(state, 0)));
        List<JsonNode> stores = stores(id, response);
        checkStores(stores, submission, states);
        JsonNode old = sameFromAll("/api/status?jobid=" + id);
        FailedStoresOverHttp.assertSameAsStatus(stores, old);
        assertThat(old.get("status").asString()).isEqualTo(status.equals("cancelled") ? "failed" : status);
        return submission.images().size();
    }

    /** Checks that each image has the expected result; an image of a cancelled job may have none. */
    private Map<String, Integer> checkImages(String id, Submission submission, String status)
            throws InterruptedException {
        Map<String, Integer> states = new HashMap<>();
        int index = 0;
        String cursor = "";
        do {
            JsonNode page = sameFromAll("/api/jobs/" + id + "/images?limit=1000" + cursor);
            for (JsonNode image : page.get("items")) {
                Submission.Image expected = submission.images().get(index);
                String state = image.get("status").asString();
                assertThat(image.get("index").asInt()).isEqualTo(index++);
                assertThat(image.get("url").asString()).isEqualTo(expected.url());
                assertThat(image.get("store_id").asString()).isEqualTo(expected.storeId());
                if (!state.equals("cancelled") || !status.equals("cancelled")) {
                    assertThat(image.at("/error/code").asString(""))
                            .as("failure of %s", image)
                            .isEqualTo(expected.failure().orElse(""));
                }
                if (state.equals("succeeded")) {
                    checkMeasured(image, PhotoOrigin.Photo.of(URI.create(expected.url())));
                }
                states.merge(state, 1, Integer::sum);
            }
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asString();
        } while (!cursor.isEmpty());
        assertThat(index).isEqualTo(submission.images().size());
        return states;
    }

    private static void checkMeasured(JsonNode image, PhotoOrigin.Photo photo) {
        assertThat(new PhotoOrigin.Photo(
                        image.get("format").asString(),
                        image.get("width").asInt(),
                        image.get("height").asInt()))
                .as("dimensions of %s", image)
                .isEqualTo(photo);
        assertThat(image.get("perimeter").asInt())
                .as("perimeter of %s", image)
                .isEqualTo(2 * (photo.height() + photo.width()));
    }

    /** Returns all failed stores, which the response to the job counts and begins with. */
    private List<JsonNode> stores(String id, JsonNode response) throws InterruptedException {
        List<JsonNode> stores = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = sameFromAll("/api/jobs/" + id + "/failed-stores?limit=7" + cursor);
            page.get("items").forEach(stores::add);
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asString();
        } while (!cursor.isEmpty());
        assertThat(response.get("failed_stores_count").asInt()).isEqualTo(stores.size());
        assertThat(response.get("failed_stores").valueStream().toList())
                .isEqualTo(stores.stream().limit(100).toList());
        return stores;
    }

    private static void checkStores(List<JsonNode> stores, Submission submission, Map<String, Integer> states) {
        int failed = 0;
        int cancelled = 0;
        for (JsonNode store : stores) {
            String storeId = store.get("store_id").asString();
            assertThat(store.get("images").asLong())
                    .isEqualTo(submission.images().stream()
                            .filter(image -> image.storeId().equals(storeId))
                            .count());
            failed += store.get("failed").asInt();
            cancelled += store.get("cancelled").asInt();
        }
        assertThat(failed).isEqualTo(states.getOrDefault("failed", 0));
        assertThat(cancelled).isEqualTo(states.getOrDefault("cancelled", 0));
    }

    /** Returns all jobs by id. */
    private Map<String, JsonNode> listed() throws InterruptedException {
        Map<String, JsonNode> jobs = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = sameFromAll("/api/jobs?limit=1000" + cursor);
            page.get("items").forEach(job -> jobs.put(job.get("job_id").asString(), job));
            cursor = page.get("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.get("next_cursor").asString();
        } while (!cursor.isEmpty());
        return jobs;
    }

    /** Returns the response to a path, which must be the same from all replicas. */
    private JsonNode sameFromAll(String path) throws InterruptedException {
        List<String> bodies = new ArrayList<>();
        for (Replica replica : cluster.replicas) {
            HttpResponse<String> response = replica.get(path).orElseThrow(() -> new AssertionError(path));
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            bodies.add(response.body());
        }
        assertThat(bodies).as(path).containsOnly(bodies.getFirst());
        return JsonMapper.shared().readTree(bodies.getFirst());
    }

    private void assertNoClaimRemains() {
        assertThat(cluster.database
                        .client()
                        .sql("SELECT count(*) FROM scheduled_tasks")
                        .query(Long.class)
                        .single())
                .as("remaining claims")
                .isZero();
    }
}
