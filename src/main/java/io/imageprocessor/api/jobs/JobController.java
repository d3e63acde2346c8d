package io.imageprocessor.api.jobs;

import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.Page;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.events.DisconnectMonitor;
import io.imageprocessor.api.events.JobPoller;
import io.imageprocessor.api.events.WaitTime;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import lombok.RequiredArgsConstructor;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Returns the state of jobs and cancels them: {@code /api/jobs}. */
@RestController
@RequestMapping(path = "/api/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredArgsConstructor
class JobController {

    private static final String LIST = "jobs";

    private final JobService service;
    private final JobQueries jobs;
    private final JobPoller poller;
    private final DisconnectMonitor disconnects;
    private final Clock clock;

    /** Returns the matching jobs, newest first. */
    @GetMapping
    ResponseEntity<Page<JobSummary>> jobs(
            @RequestParam Optional<JobState> status,
            @RequestParam(name = "store_id") Optional<String> storeId,
            @RequestParam(name = "submitted_after") Optional<Instant> submittedAfter,
            @RequestParam(name = "submitted_before") Optional<Instant> submittedBefore,
            @RequestParam(defaultValue = Page.DEFAULT_LIMIT)
                    @Range(min = 1, max = Page.MAX_LIMIT, message = Page.LIMIT_MESSAGE)
                    int limit,
            @RequestParam Optional<Cursor> cursor) {
        if (submittedAfter.isPresent()
                && submittedBefore.isPresent()
                && !submittedAfter.get().isBefore(submittedBefore.get())) {
            throw RejectedException.badRequest("submitted_after must be before submitted_before");
        }
        JobFilter filter = new JobFilter(status, storeId, submittedAfter, submittedBefore);
        JobId before = cursor.map(after -> after.keyIn(LIST, JobId::parse)).orElse(null);
        List<JobStatus> found = jobs.jobs(filter, before, limit + 1);
        Instant now = clock.instant();
        return Page.of(
                        found,
                        limit,
                        job -> JobSummary.of(job, now),
                        job -> new Cursor(LIST, job.id().toString()))
                .response();
    }

    /**
     * Returns a job, or null if the response waits. Then the web server dispatches the request again when the wait is
     * over, and this method returns the job as it is at that time: on a request thread, so that however many waits end
     * at once, few responses are in the heap.
     *
     * @param wait how long to wait for the job to finish before the response is sent; not at all if absent
     */
    @GetMapping("/{id}")
    @Nullable
    ResponseEntity<JobResponse> job(
            @PathVariable JobId id,
            @RequestParam Optional<WaitTime> wait,
            @RequestHeader(HttpHeaders.IF_NONE_MATCH) Optional<String> known,
            HttpServletRequest request) {
        if (wait.isPresent() && request.getDispatcherType() != DispatcherType.ASYNC) {
            Duration timeout = wait.get().duration();
            CompletableFuture<Void> finished = poller.finished(id, timeout);
            if (!finished.isDone()) {
                WaitingRequest.start(request, finished, timeout, disconnects);
                return null;
            }
        }
        return job(id, known);
    }

    private ResponseEntity<JobResponse> job(JobId id, Optional<String> known) {
        JobReport report = jobs.report(id).orElseThrow(RejectedException::unknownJob);
        // Spring compares the tags of a GET, but handles an asterisk, which matches any tag, only for writes.
        return known.filter("*"::equals).isPresent()
                ? tagged(ResponseEntity.status(HttpStatus.NOT_MODIFIED), report.status())
                        .build()
                : response(ResponseEntity.ok(), report);
    }

    /** Cancels a job and returns it. Cancelling it again changes nothing. */
    @PostMapping("/{id}/cancel")
    ResponseEntity<JobResponse> cancel(@PathVariable JobId id) {
        return response(ResponseEntity.ok(), service.cancel(id).orElseThrow(RejectedException::unknownJob));
    }

    private ResponseEntity<JobResponse> response(ResponseEntity.BodyBuilder response, JobReport report) {
        return tagged(response, report.status()).body(JobResponse.of(report, clock.instant()));
    }

    /** Adds a tag that changes with the job, but not with estimates that depend on the current time only. */
    static ResponseEntity.BodyBuilder tagged(ResponseEntity.BodyBuilder response, JobStatus job) {
        return response.eTag("W/\"%s-%d\"".formatted(job.id(), job.version())).cacheControl(CacheControl.noCache());
    }
}
