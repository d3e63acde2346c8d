package io.imageprocessor.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.Proofs;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients that submit, read, cancel and retry jobs all the time, each call through any replica. They accept a missing
 * response and a 503. What any other response states must stay true.
 */
final class Clients implements AutoCloseable {

    private static final int SUBMITTERS = 3;
    private static final int READERS = 2;

    /** Clients that submit one image and wait for it: nine of ten jobs are theirs. */
    private static final int WAITERS = 9;

    /**
     * Clients submit no job while more images than this are unfinished: the service has work, but no growing backlog.
     */
    private static final int MAX_UNFINISHED = Proofs.count("chaos.unfinished", 500, 4_000);

    private static final List<String> COUNTS = List.of("pending", "running", "succeeded", "failed", "cancelled");

    private final Ledger ledger;
    private final List<Replica> replicas;
    private final PhotoOrigin origin;
    private final AtomicInteger labels = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    Clients(Ledger ledger, List<Replica> replicas, PhotoOrigin origin, Random random) {
        this.ledger = ledger;
        this.replicas = replicas;
        this.origin = origin;
        for (int i = 0; i < SUBMITTERS; i++) {
            start(this::submit, random.nextLong(), 400);
        }
        for (int i = 0; i < READERS; i++) {
            Map<String, JsonNode> seen = new HashMap<>();
            start(any -> read(any, seen), random.nextLong(), 200);
        }
        for (int i = 0; i < WAITERS; i++) {
            start(this::submitAndWait, random.nextLong(), 150);
        }
        start(this::cancel, random.nextLong(), 2_000);
        start(this::retry, random.nextLong(), 2_000);
    }

    @FunctionalInterface
    private interface Call {
        void make(Random random) throws InterruptedException;
    }

    /** Repeats the call with random pauses. */
    private void start(Call call, long seed, int maxPauseMillis) {
        Random random = new Random(seed);
        threads.add(Thread.ofPlatform().start(() -> {
            try {
                while (!end.await(random.nextInt(maxPauseMillis), TimeUnit.MILLISECONDS)) {
                    call.make(random);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                ledger.violation(e);
            }
        }));
    }

    private void submit(Random random) throws InterruptedException {
        if (ledger.unfinishedImages() > MAX_UNFINISHED) {
            return;
        }
        Submission submission = Submission.random(random, "chaos-" + labels.incrementAndGet(), origin);
        Optional<String> id = submit(submission, random);
        if (submission.key().isPresent()) {
            Optional<String> again = submit(submission, random);
            if (id.isPresent() && again.isPresent()) {
                assertThat(again).as(submission.label()).isEqualTo(id);
            }
        }
    }

    private void submitAndWait(Random random) throws InterruptedException {
        Submission submission = Submission.ofOneImage(random, "small-" + labels.incrementAndGet(), origin);
        Optional<Ledger.Accepted> job = submit(submission, random).flatMap(ledger::job);
        if (job.isPresent()) {
            read(job.get(), "?wait=2s", random, new HashMap<>());
        }
    }

    private Optional<String> submit(Submission submission, Random random) throws InterruptedException {
        Replica replica = any(random);
        Optional<HttpResponse<String>> answer = submission.key().isPresent()
                ? replica.post(
                        "/api/submit",
                        submission.body(),
                        "Idempotency-Key",
                        submission.key().get())
                : replica.post("/api/submit", submission.body());
        // The key of an interrupted submission stays in use for some time.
        Optional<JsonNode> accepted = body(answer, 201, submission.key().isPresent() ? 409 : 503);
        accepted.ifPresentOrElse(
                body -> ledger.accepted(body.get("job_id").asString(), submission),
                () -> ledger.unanswered(submission));
        return accepted.map(body -> body.get("job_id").asString());
    }

    private void read(Random random, Map<String, JsonNode> seen) throws InterruptedException {
        Optional<Ledger.Accepted> ongoing = ledger.anyOngoing(random);
        if (ongoing.isPresent()) {
            read(ongoing.get(), "", random, seen);
        }
    }

    /** Checks that the counts add up, and that no count of final images decreases, whichever replica responds. */
    private void read(Ledger.Accepted job, String query, Random random, Map<String, JsonNode> seen)
            throws InterruptedException {
        Optional<JsonNode> answer = body(any(random).get("/api/jobs/" + job.id + query), 200, 503);
        if (answer.isEmpty()) {
            return;
        }
        JsonNode counts = answer.get().get("counts");
        JsonNode before = seen.put(job.id, counts);
        assertThat(counts.get("total").asInt())
                .as("job %s", job.id)
                .isEqualTo(job.submission.images().size())
                .isEqualTo(COUNTS.stream()
                        .mapToInt(state -> counts.get(state).asInt())
                        .sum());
        if (before != null) {
            assertThat(List.of("succeeded", "failed", "cancelled"))
                    .allSatisfy(state -> assertThat(counts.get(state).asInt())
                            .as("%s images of job %s, counted before: %s", state, job.id, before)
                            .isGreaterThanOrEqualTo(before.get(state).asInt()));
        }
        if (!answer.get().get("status").asString().equals("ongoing")) {
            job.finished = true;
            seen.remove(job.id);
        }
    }

    private void cancel(Random random) throws InterruptedException {
        Optional<Ledger.Accepted> ongoing = ledger.anyOngoing(random);
        if (ongoing.isPresent()) {
            Ledger.Accepted job = ongoing.get();
            job.cancelRequested = true;
            // 409 if the job has just finished.
            body(any(random).post("/api/jobs/" + job.id + "/cancel", ""), 200, 409)
                    .ifPresent(answer -> {
                        assertThat(answer.get("status").asString()).isEqualTo("cancelled");
                        job.cancelled = true;
                    });
        }
    }

    private void retry(Random random) throws InterruptedException {
        Optional<Ledger.Accepted> failed = ledger.anyToRetry();
        if (failed.isPresent()) {
            Ledger.Accepted job = failed.get();
            job.retried = true;
            Submission retry = job.submission.retry();
            body(any(random).post("/api/jobs/" + job.id + "/retry", ""), 201, 503)
                    .ifPresentOrElse(
                            answer -> ledger.accepted(answer.get("job_id").asString(), retry),
                            () -> ledger.unanswered(retry));
        }
    }

    /** Returns the body of a response with {@code status}; empty if there was none, or a 503 or {@code other}. */
    private static Optional<JsonNode> body(Optional<HttpResponse<String>> answer, int status, int other) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        assertThat(answer.get().statusCode())
                .as("%s: %s", answer.get().uri(), answer.get().body())
                .isIn(status, other, 503);
        return answer.filter(response -> response.statusCode() == status)
                .map(response -> JsonMapper.shared().readTree(response.body()));
    }

    private Replica any(Random random) {
        return replicas.get(random.nextInt(replicas.size()));
    }

    /** Returns when the last call has ended. */
    @Override
    public void close() {
        end.countDown();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
