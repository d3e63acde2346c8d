package io.imageprocessor.demo;

import io.imageprocessor.job.JobId;
import java.net.URI;
import java.util.Objects;
import lombok.RequiredArgsConstructor;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** Calls the service over HTTP, and formats the same calls for curl. */
@RequiredArgsConstructor
final class DemoClient {

    static final String HEALTH = "/actuator/health";

    private static final String SUBMIT = "/api/submit";
    private static final String STATUS = "/api/status?jobid=";

    private final String baseUrl;
    private final JsonMapper json;
    private final RestClient http = RestClient.create();

    /** Submits a job and returns its id, read from the Location header. */
    JobId submit(DemoJobs.Submission job) {
        URI location = Objects.requireNonNull(http.post()
                .uri(baseUrl + SUBMIT)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.writeValueAsString(job))
                .retrieve()
                .toBodilessEntity()
                .getHeaders()
                .getLocation());
        return JobId.parse(location.toString().substring(STATUS.length())).orElseThrow();
    }

    /** Returns the response body of the status call. */
    String status(JobId id) {
        return Objects.requireNonNull(
                http.get().uri(baseUrl + statusPath(id)).retrieve().body(String.class));
    }

    static String statusPath(JobId id) {
        return STATUS + id;
    }

    String curlSubmit(DemoJobs.Submission job) {
        return "curl -H 'Content-Type: application/json' -d '%s' %s"
                .formatted(json.writeValueAsString(job), baseUrl + SUBMIT);
    }

    /** Quotes the URL, because a shell treats a question mark as a pattern. */
    String curl(String path) {
        return "curl '" + baseUrl + path + "'";
    }
}
