package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Job;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Cancelling and retrying jobs. */
class JobOrdersTest extends JobsOverHttp {

    @Test
    void cancelsAnOngoingJobOnce() {
        Job job = saved(jobs().visit("S1", "http://a/0", "http://a/1"));
        work(job, 0, SUCCEEDED);

        HttpResponse<String> cancelled = client.method("POST", "/api/jobs/" + job.id() + "/cancel");

        assertThat(cancelled.statusCode()).isEqualTo(200);
        JsonNode body = json(cancelled);
        assertThat(body.get("status").asString()).isEqualTo("cancelled");
        assertThat(body.get("finished_at").isNull()).isFalse();
        assertThat(body.get("counts")).hasToString("""
                {"total":2,"pending":0,"running":0,"succeeded":1,"failed":0,"cancelled":1}""");
        assertThat(body.get("failed_stores")).hasToString("""
                [{"store_id":"S1","code":"cancelled","message":"the job was cancelled",\
                "failed":0,"cancelled":1,"images":2}]""");
        assertThat(client.get("/api/jobs/" + job.id()).body()).isEqualTo(cancelled.body());
        assertThat(client.method("POST", "/api/jobs/" + job.id() + "/cancel").body())
                .isEqualTo(cancelled.body());
        assertThat(client.status(job.id().toString()).body()).contains("\"status\":\"failed\"");
    }

    @Test
    void rejectsCancellingAFinishedJob() {
        Job job = saved(jobs().visit("unknown", "http://a/0"));

        HttpResponse<String> response = client.method("POST", "/api/jobs/" + job.id() + "/cancel");

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).isEqualTo("{\"error\":\"job " + job.id() + " is failed and cannot be cancelled\"}");
    }

    @Test
    void retriesFailedImagesAsALinkedJob() {
        Job failed = saved(jobs().visit("S1", "http://a/0", "http://a/1").visit("unknown", "http://a/2"));
        work(failed, 0, SUCCEEDED);
        work(failed, 1, FAILED);

        HttpResponse<String> created = client.method("POST", "/api/jobs/" + failed.id() + "/retry");

        assertThat(created.statusCode()).isEqualTo(201);
        JsonNode retry = json(created);
        String path = "/api/jobs/" + retry.get("job_id").asString();
        assertThat(created.headers().firstValue("Location")).contains(path);
        assertThat(retry.get("retry_of").asLong()).isEqualTo(failed.id().value());
        assertThat(retry.get("counts").get("total").asInt()).isEqualTo(2);
        assertThat(json(client.get(path)).get("job_id")).isEqualTo(retry.get("job_id"));
        assertThat(json(client.get("/api/jobs/" + failed.id())).get("retries"))
                .hasToString("[" + retry.get("job_id") + "]");
        assertThat(json(client.get(path + "/images")).get("items").valueStream())
                .extracting(image -> image.get("url").asString())
                .containsExactly("http://a/1", "http://a/2");
    }

    @Test
    void rejectsRetryOfAnOngoingJobOrWithoutFailedImages() {
        Job job = saved(jobs().visit("S1", "http://a/0"));
        HttpResponse<String> ongoing = client.method("POST", "/api/jobs/" + job.id() + "/retry");
        work(job, 0, SUCCEEDED);
        HttpResponse<String> completed = client.method("POST", "/api/jobs/" + job.id() + "/retry");

        assertThat(ongoing.statusCode()).isEqualTo(409);
        assertThat(ongoing.body()).isEqualTo("{\"error\":\"job " + job.id() + " is ongoing and cannot be retried\"}");
        assertThat(completed.statusCode()).isEqualTo(409);
        assertThat(completed.body()).isEqualTo("{\"error\":\"no image of job " + job.id() + " has failed\"}");
    }

    @Test
    void changesNothingForAClientThatAcceptsNoJson() {
        Job job = saved(jobs().visit("S1", "http://a/0"));

        HttpResponse<String> response = client.post("/api/jobs/" + job.id() + "/cancel", "", "Accept", "image/png");

        assertThat(response.statusCode()).isEqualTo(406);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).startsWith("{\"error\":\"");
        assertThat(json(client.get("/api/jobs/" + job.id())).get("status").asString())
                .isEqualTo("ongoing");
    }
}
