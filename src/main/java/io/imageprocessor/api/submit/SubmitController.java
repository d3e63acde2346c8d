package io.imageprocessor.api.submit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.SubmissionRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import lombok.RequiredArgsConstructor;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes jobs: {@code POST /api/submit}. */
@RestController
@RequiredArgsConstructor
class SubmitController {

    /** Bodies that are read at once: fewer than the web server has threads, so that slow clients leave some to others. */
    private static final int MAX_UPLOADS = 64;

    private static final Duration MAX_UPLOAD_TIME = Duration.ofMinutes(5);

    private final Semaphore uploads = new Semaphore(MAX_UPLOADS);
    private final JobService jobs;
    private final SubmissionReader reader;
    private final ApiSettings settings;

    /** Answers when the whole job is checked and queued, and before any work on it. */
    @PostMapping({"/api/submit", "/api/submit/"})
    ResponseEntity<SubmitResponse> submit(HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        requireJson(request);
        if (request.getContentLengthLong() > settings.maxRequestBytes().toBytes()) {
            throw LimitedInputStream.tooLarge(settings.maxRequestBytes());
        }
        if (!uploads.tryAcquire()) {
            throw new SubmissionRefusedException("too many submissions at once; try again later");
        }
        try {
            JobId id = submit(
                    new LimitedInputStream(request.getInputStream(), settings.maxRequestBytes(), MAX_UPLOAD_TIME));
            return ResponseEntity.created(URI.create("/api/status?jobid=" + id))
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(new SubmitResponse(settings.jobIdType().write(id)));
        } finally {
            uploads.release();
        }
    }

    private JobId submit(InputStream body) throws IOException {
        try (JobDraft draft = jobs.draft()) {
            reader.read(body, draft);
            return jobs.submit(draft);
        }
    }

    /** The old services never looked at the content type, so a missing one is taken for JSON. */
    private static void requireJson(HttpServletRequest request) throws HttpMediaTypeNotSupportedException {
        String contentType = request.getContentType();
        if (contentType != null) {
            MediaType type = parse(contentType);
            boolean json = type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
            if (!json) {
                throw new HttpMediaTypeNotSupportedException(type, List.of(MediaType.APPLICATION_JSON));
            }
        }
    }

    private static MediaType parse(String contentType) throws HttpMediaTypeNotSupportedException {
        try {
            return MediaType.parseMediaType(contentType);
        } catch (org.springframework.http.InvalidMediaTypeException e) {
            throw new HttpMediaTypeNotSupportedException(e.getMessage());
        }
    }

    /**
     * The answer to a submission.
     *
     * @param jobId a number or a string, as {@code imageprocessor.api.job-id-type} says
     */
    record SubmitResponse(@JsonProperty("job_id") Object jobId) {}
}
