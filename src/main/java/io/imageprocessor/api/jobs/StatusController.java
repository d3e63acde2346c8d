package io.imageprocessor.api.jobs;

import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.api.JobLookup;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import java.util.List;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells where a job stands: {@code GET /api/status?jobid=}. */
@RestController
@RequiredArgsConstructor
class StatusController {

    private static final ResponseEntity<Map<String, String>> NO_SUCH_JOB =
            ResponseEntity.badRequest().contentType(MediaType.APPLICATION_JSON).body(Map.of());

    private final JobQueries jobs;
    private final ApiSettings settings;

    /** The old contract knows one answer for an unknown, a malformed and a missing id: 400 and an empty object. */
    @GetMapping({"/api/status", "/api/status/"})
    ResponseEntity<StatusResponse> status(@RequestParam(name = "jobid", defaultValue = "") String jobId) {
        JobStatus status = JobLookup.find(jobId, jobs::status);
        // What failed is told at the end, so that those who ask again and again until then cost little.
        List<FailedStore> failedStores =
                status.state().isFinal() ? JobLookup.find(jobId, jobs::report).failedStores() : List.of();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(StatusResponse.of(status, failedStores, settings.jobIdType()));
    }

    /** A query that cannot even be decoded names no job either. */
    @ExceptionHandler({RejectedException.class, InvalidParameterException.class})
    ResponseEntity<?> noSuchJob() {
        return NO_SUCH_JOB;
    }
}
