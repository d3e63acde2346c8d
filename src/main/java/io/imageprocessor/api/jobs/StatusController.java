package io.imageprocessor.api.jobs;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
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
    private final FailedStatus failedStatus;

    /** Returns the response, or null if it was written already: that of a failed job, which may be large. */
    @GetMapping({"/api/status", "/api/status/"})
    @Nullable
    ResponseEntity<StatusResponse> status(@RequestParam(name = "jobid") JobId id, HttpServletResponse response)
            throws IOException {
        JobStatus job = jobs.status(id).orElseThrow(RejectedException::unknownJob);
        return switch (job.state()) {
            case ONGOING, COMPLETED ->
                ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(StatusResponse.of(job));
            case FAILED, CANCELLED -> {
                failedStatus.send(job, response);
                yield null;
            }
        };
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
