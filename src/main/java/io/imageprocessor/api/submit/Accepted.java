package io.imageprocessor.api.submit;

import io.imageprocessor.job.JobId;
import org.springframework.http.ResponseEntity;

/**
 * An accepted job.
 *
 * @param replayed whether an earlier request with the same idempotency key created the job
 */
public record Accepted(JobId jobId, boolean replayed) {

    /** Adds the headers of a response that has this job. */
    public void addHeaders(ResponseEntity.BodyBuilder response) {
        if (replayed) {
            response.header("Idempotency-Replayed", "true");
        }
    }
}
