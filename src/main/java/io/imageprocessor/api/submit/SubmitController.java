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
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes jobs: {@code POST /api/submit}. */
@RestController
class SubmitController {

    /**
     * Bodies that are read at once: fewer than the web server has threads, so that slow clients leave some to others.
     */
    private static final int MAX_UPLOADS = 64;

    private final Semaphore uploads;
    private final Submissions submissions;
    private final ApiSettings settings;

    SubmitController(Submissions submissions, ApiSettings settings, LimitMeters meters) {
        this.submissions = submissions;
        this.settings = settings;
        uploads = meters.places("imageprocessor.uploads", MAX_UPLOADS, "Submissions that are being read");
    }

    /** Answers when the whole job is checked and queued, and before any work on it. */
    @PostMapping({"/api/submit", "/api/submit/"})
    ResponseEntity<SubmitResponse> submit(HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        SubmissionBody body = SubmissionBody.of(request, settings.maxRequestBytes());
        Optional<String> key = IdempotencyKeyHeader.of(request);
        if (!uploads.tryAcquire()) {
            throw new SubmissionRejectedException(Reason.UPLOADS, "too many submissions at once; try again later");
        }
        try (InputStream json = body.open()) {
            return answer(key.isEmpty() ? submissions.accept(json) : submissions.accept(key.get(), json));
        } finally {
            uploads.release();
        }
    }

    private ResponseEntity<SubmitResponse> answer(Submissions.Accepted accepted) {
        JobId id = accepted.jobId();
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.created(URI.create("/api/status?jobid=" + id)).contentType(MediaType.APPLICATION_JSON);
        if (accepted.replayed()) {
            answer.header("Idempotency-Replayed", "true");
        }
        return answer.body(new SubmitResponse(settings.jobIdType().write(id)));
    }

    /**
     * The answer to a submission.
     *
     * @param jobId a number or a string, as {@code imageprocessor.api.job-id-type} says
     */
    record SubmitResponse(@JsonProperty("job_id") Object jobId) {}
}
