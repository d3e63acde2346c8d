package io.imageprocessor.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
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

    private final JobService jobs;
    private final SubmissionReader reader;
    private final ApiSettings settings;

    /** Answers when the whole job is checked and queued, and before any work on it. */
    @PostMapping({"/api/submit", "/api/submit/"})
    ResponseEntity<SubmitResponse> submit(HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        requireJson(request);
        if (request.getContentLengthLong() > settings.maxRequestBytes().toBytes()) {
            throw new BodyTooLargeException(settings.maxRequestBytes());
        }
        try (JobDraft draft = jobs.draft()) {
            reader.read(new LimitedInputStream(request.getInputStream(), settings.maxRequestBytes()), draft);
            JobId id = jobs.submit(draft);
            return ResponseEntity.created(URI.create("/api/status?jobid=" + id))
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(new SubmitResponse(settings.jobIdType().write(id)));
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
