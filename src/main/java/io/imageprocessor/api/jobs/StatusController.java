package io.imageprocessor.api.jobs;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import java.util.List;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Returns the state of a job in the format of the old services: {@code GET /api/status?jobid=}. */
@RestController
@RequiredArgsConstructor
class StatusController {

    private static final ResponseEntity<Map<String, String>> UNKNOWN_JOB =
            ResponseEntity.badRequest().contentType(MediaType.APPLICATION_JSON).body(Map.of());

    private final JobQueries jobs;

    @GetMapping({"/api/status", "/api/status/"})
    ResponseEntity<StatusResponse> status(@RequestParam(name = "jobid") JobId id) {
        JobStatus status = jobs.status(id).orElseThrow(RejectedException::unknownJob);
        // Failed stores are read only for finished jobs, so that polling an ongoing job stays cheap.
        List<FailedStore> failedStores = status.state().isFinal()
                ? jobs.report(id).orElseThrow(RejectedException::unknownJob).failedStores()
                : List.of();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(StatusResponse.of(status, failedStores));
    }

    /** The old contract has one response for an unknown, malformed, missing or repeated id: 400 and an empty object. */
    @ExceptionHandler({
        RejectedException.class,
        MethodArgumentTypeMismatchException.class,
        MissingServletRequestParameterException.class,
        InvalidParameterException.class
    })
    ResponseEntity<?> unknownJob() {
        return UNKNOWN_JOB;
    }
}
