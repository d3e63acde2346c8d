package io.imageprocessor.api.jobs;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.submit.Accepted;
import io.imageprocessor.api.submit.Retries;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import lombok.RequiredArgsConstructor;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Retries jobs: {@code POST /api/jobs/{id}/retry}. */
@RestController
@RequiredArgsConstructor
class RetryController {

    private final Retries retries;
    private final JobQueries jobs;
    private final Clock clock;

    /** Submits the failed images of a job as a new job and returns the new job. */
    @PostMapping(path = "/api/jobs/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobResponse> retry(@PathVariable JobId id, HttpServletRequest request) throws IOException {
        Accepted accepted = retries.accept(id, request);
        JobReport retry = jobs.report(accepted.jobId()).orElseThrow(RejectedException::unknownJob);
        ResponseEntity.BodyBuilder response =
                ResponseEntity.created(URI.create("/api/jobs/" + retry.status().id()));
        accepted.addHeaders(response);
        return JobController.tagged(response, retry.status()).body(JobResponse.of(retry, clock.instant()));
    }
}
