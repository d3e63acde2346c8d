package io.imageprocessor.api.submit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.api.LimitMeters;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts jobs: {@code POST /api/submit}. */
@RestController
class SubmitController {

    /** Bodies read at the same time: fewer than the web server's threads, so slow clients cannot take them all. */
    private static final int MAX_UPLOADS = 64;

    private final Semaphore uploads;
    private final Submissions submissions;
    private final DataSize maxBytes;

    SubmitController(Submissions submissions, ApiSettings settings, LimitMeters meters) {
        this.submissions = submissions;
        maxBytes = settings.maxRequestBytes();
        uploads = meters.permits("imageprocessor.uploads", MAX_UPLOADS, "Submissions that are being read");
    }

    /** Responds when the whole job is checked and queued, before its images are processed. */
    @PostMapping({"/api/submit", "/api/submit/"})
    ResponseEntity<SubmitResponse> submit(HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        SubmissionBody body = SubmissionBody.of(request, maxBytes);
        Optional<String> key = IdempotencyKeyHeader.of(request);
        if (!uploads.tryAcquire()) {
            throw new SubmissionRejectedException(Reason.UPLOADS, "too many submissions at once; try again later");
        }
        try (InputStream json = body.open()) {
            return response(key.isEmpty() ? submissions.accept(json) : submissions.accept(key.get(), json));
        } finally {
            uploads.release();
        }
    }

    private ResponseEntity<SubmitResponse> response(Submissions.Accepted accepted) {
        JobId id = accepted.jobId();
        ResponseEntity.BodyBuilder response =
                ResponseEntity.created(URI.create("/api/status?jobid=" + id)).contentType(MediaType.APPLICATION_JSON);
        if (accepted.replayed()) {
            response.header("Idempotency-Replayed", "true");
        }
        return response.body(new SubmitResponse(id));
    }

    /** The response to a submission. */
    record SubmitResponse(@JsonProperty("job_id") JobId jobId) {}
}
