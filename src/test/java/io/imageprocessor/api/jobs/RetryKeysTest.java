package io.imageprocessor.api.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.Job;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Retries with an idempotency key. */
class RetryKeysTest extends JobsOverHttp {

    private static final String SUBMISSION = """
            {"count": 1, "visits": [{"store_id": "S0", "image_url": ["http://a/0"], "visit_time": "2026-01-01"}]}""";

    @Autowired
    IdempotencyKeys keys;

    @Test
    void repeatedRetryReturnsTheSameJob() {
        Job failed = failed();

        HttpResponse<String> first = retry(failed, "k", "");
        HttpResponse<String> second = retry(failed, "k", "");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(second.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(json(second).get("job_id")).isEqualTo(json(first).get("job_id"));
        assertThat(json(second).get("retry_of").asLong()).isEqualTo(failed.id().value());
        assertThat(retriesOf(failed)).isEqualTo(1);
    }

    @Test
    void concurrentRetriesWithOneKeyCreateOneJob() {
        Job failed = failed();

        List<HttpResponse<String>> responses = IntStream.range(0, 16)
                .parallel()
                .mapToObj(_ -> retry(failed, "k", ""))
                .toList();

        Map<Integer, Long> byStatus =
                responses.stream().collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting()));
        assertThat(byStatus.keySet()).isSubsetOf(201, 409);
        assertThat(byStatus.get(201)).isPositive();
        assertThat(retriesOf(failed)).isEqualTo(1);
    }

    @Test
    void keyBelongsToTheJobAndTheCall() {
        Job one = failed();
        Job other = failed();
        String key = "shared-" + one.id();
        HttpResponse<String> submitted =
                client.post("/api/submit", SUBMISSION, "Content-Type", "application/json", "Idempotency-Key", key);

        assertThat(submitted.statusCode()).isEqualTo(201);
        for (Job job : List.of(one, other)) {
            HttpResponse<String> retry = retry(job, key, "");
            assertThat(retry.statusCode()).isEqualTo(201);
            assertThat(retry.headers().firstValue("Idempotency-Replayed")).isEmpty();
            assertThat(retriesOf(job)).isEqualTo(1);
        }
    }

    @Test
    void rejectsAnotherBodyWithAUsedKey() {
        Job failed = failed();
        retry(failed, "k", "{}");

        HttpResponse<String> other = retry(failed, "k", "{ }");

        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body())
                .isEqualTo("{\"error\":\"this Idempotency-Key was used for a retry of this job with another body\"}");
        assertThat(retry(failed, "k", "{}").statusCode()).isEqualTo(201);
        assertThat(retriesOf(failed)).isEqualTo(1);
    }

    @Test
    void rejectsAKeyWhileItsFirstRetryIsRead() {
        Job failed = failed();
        IdempotencyClaim.Granted first = (IdempotencyClaim.Granted) keys.claim("retry " + failed.id() + " k");

        HttpResponse<String> second = retry(failed, "k", "");

        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body())
                .isEqualTo("{\"error\":\"a retry of this job with this Idempotency-Key is being read;"
                        + " try again later\"}");
        keys.release(first);
        assertThat(retry(failed, "k", "").statusCode()).isEqualTo(201);
    }

    @Test
    void rejectedRetryDoesNotUseItsKey() {
        Job job = saved(jobs().visit("S1", "http://a/0"));
        assertThat(retry(job, "k", "").statusCode()).isEqualTo(409);
        work(job, 0, FAILED);

        assertThat(retry(job, "k", "").statusCode()).isEqualTo(201);
        assertThat(retriesOf(job)).isEqualTo(1);
    }

    @Test
    void rejectsAnInvalidKey() {
        Job failed = failed();

        for (String invalid : List.of("a b", "x".repeat(256))) {
            HttpResponse<String> response = retry(failed, invalid, "");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body())
                    .isEqualTo("{\"error\":\"Idempotency-Key must be 1 to 255 visible ASCII characters\"}");
        }
        assertThat(retry(failed, "x".repeat(255), "").statusCode()).isEqualTo(201);
    }

    @Test
    void retryWithoutAKeyCreatesAJobEachTime() {
        Job failed = failed();

        client.post("/api/jobs/" + failed.id() + "/retry", "");
        client.post("/api/jobs/" + failed.id() + "/retry", "another body".getBytes(UTF_8));

        assertThat(retriesOf(failed)).isEqualTo(2);
    }

    private Job failed() {
        Job job = saved(jobs().visit("S1", "http://a/0"));
        work(job, 0, FAILED);
        return job;
    }

    private HttpResponse<String> retry(Job job, String key, String body) {
        return client.post("/api/jobs/" + job.id() + "/retry", body.getBytes(UTF_8), "Idempotency-Key", key);
    }

    private int retriesOf(Job job) {
        return json(client.get("/api/jobs/" + job.id())).get("retries").size();
    }
}
