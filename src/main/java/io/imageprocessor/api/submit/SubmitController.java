package io.imageprocessor.api.submit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.job.JobId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts jobs: {@code POST /api/submit}. */
@RestController
@RequiredArgsConstructor
class SubmitController {

    private final Submissions submissions;
    private final UploadLimiter uploads;
    private final ApiSettings settings;

    /** Responds when the whole job is checked and queued, before its images are processed. */
    @PostMapping({"/api/submit", "/api/submit/"})
    ResponseEntity<SubmitResponse> submit(HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        SubmissionBody body = SubmissionBody.of(request, settings.maxRequestBytes());
        Optional<String> key = IdempotencyKeyHeader.of(request);
        try (UploadLimiter.Permit _ = uploads.acquire();
                InputStream json = body.open()) {
            return response(key.isEmpty() ? submissions.accept(json) : submissions.accept(key.get(), json));
        }
    }

    private static ResponseEntity<SubmitResponse> response(Accepted accepted) {
        JobId id = accepted.jobId();
        ResponseEntity.BodyBuilder response =
                ResponseEntity.created(URI.create("/api/status?jobid=" + id)).contentType(MediaType.APPLICATION_JSON);
        accepted.addHeaders(response);
        return response.body(new SubmitResponse(id));
    }

    /** The response to a submission. */
    record SubmitResponse(@JsonProperty("job_id") JobId jobId) {}
}
