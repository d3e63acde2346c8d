package io.imageprocessor.api.jobs;

import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.api.CallTrace;
import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.JobLookup;
import io.imageprocessor.api.Page;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.events.JobPoller;
import io.imageprocessor.api.events.WaitTime;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import lombok.RequiredArgsConstructor;
import org.hibernate.validator.constraints.Range;
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
import org.springframework.web.context.request.async.DeferredResult;

/** Tells where jobs stand, and takes orders to cancel and to retry them: {@code /api/jobs}. */
@RestController
@RequestMapping(path = "/api/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredArgsConstructor
class JobController {

    private static final String LIST = "jobs";

    /** The watch keeps the time of those who wait; the web server's own limit is there in case it cannot. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final JobService service;
    private final JobQueries jobs;
    private final JobPoller watch;
    private final ApiSettings settings;
    private final Clock clock;

    /** The jobs that fit, newest first. */
    @GetMapping
    ResponseEntity<Page<JobSummary>> jobs(
            @RequestParam Optional<JobState> status,
            @RequestParam(name = "store_id") Optional<String> storeId,
            @RequestParam(name = "submitted_after") Optional<Instant> submittedAfter,
            @RequestParam(name = "submitted_before") Optional<Instant> submittedBefore,
            @RequestParam(defaultValue = Page.DEFAULT_LIMIT)
                    @Range(min = 1, max = Page.MAX_LIMIT, message = Page.LIMIT_MESSAGE)
                    int limit,
            @RequestParam Optional<String> cursor) {
        if (submittedAfter.isPresent()
                && submittedBefore.isPresent()
                && !submittedAfter.get().isBefore(submittedBefore.get())) {
            throw RejectedException.badRequest("submitted_after must be before submitted_before");
        }
        JobFilter filter = new JobFilter(status, storeId, submittedAfter, submittedBefore);
        JobId before = cursor.map(JobController::behind).orElse(null);
        List<JobStatus> found = jobs.jobs(filter, before, limit + 1);
        Instant now = clock.instant();
        return Page.of(
                        found,
                        limit,
                        job -> JobSummary.of(job, settings.jobIdType(), now),
                        job -> new Cursor(LIST, job.id().toString()))
                .response();
    }

    private static JobId behind(String cursor) {
        return JobId.parse(Cursor.parse(LIST, cursor).key()).orElseThrow(Cursor::invalid);
    }

    /**
     * All about a job.
     *
     * @param wait for how long the answer is held until the job is finished
     */
    @GetMapping("/{id}")
    DeferredResult<ResponseEntity<JobResponse>> job(
            @PathVariable String id,
            @RequestParam Optional<String> wait,
            @RequestHeader(HttpHeaders.IF_NONE_MATCH) Optional<String> known) {
        Duration atMost = wait.map(WaitTime::parse).orElse(Duration.ZERO);
        JobId jobId = JobLookup.find(id, jobs::status).id();
        var answer = new DeferredResult<ResponseEntity<JobResponse>>(
                atMost.plus(MARGIN).toMillis());
        CompletableFuture<Void> finished = watch.finished(jobId, atMost);
        answer.onCompletion(() -> finished.cancel(false));
        var _ = finished.thenRun(() -> {
            try {
                answer.setResult(job(jobId, known));
            } catch (RuntimeException | Error e) {
                answer.setErrorResult(e);
            }
        });
        return answer;
    }

    private ResponseEntity<JobResponse> job(JobId id, Optional<String> known) {
        JobReport report = JobLookup.find(id.toString(), jobs::report);
        // Spring compares the tags of a GET, but knows the asterisk, which stands for all of them, for writes alone.
        return known.filter("*"::equals).isPresent()
                ? tagged(ResponseEntity.status(HttpStatus.NOT_MODIFIED), report.status())
                        .build()
                : answer(ResponseEntity.ok(), report);
    }

    /** Idempotent; answers how the job ended. */
    @PostMapping("/{id}/cancel")
    ResponseEntity<JobResponse> cancel(@PathVariable String id) {
        return answer(ResponseEntity.ok(), JobLookup.find(id, service::cancel));
    }

    /** Answers the new job, which has the failed images of the old one alone. */
    @PostMapping("/{id}/retry")
    ResponseEntity<JobResponse> retry(@PathVariable String id) {
        JobReport retry = JobLookup.find(
                id, failed -> service.retry(failed, CallTrace.current()).flatMap(jobs::report));
        return answer(
                ResponseEntity.created(URI.create("/api/jobs/" + retry.status().id())), retry);
    }

    private ResponseEntity<JobResponse> answer(ResponseEntity.BodyBuilder response, JobReport report) {
        return tagged(response, report.status()).body(JobResponse.of(report, settings.jobIdType(), clock.instant()));
    }

    /** The tag stays as long as the job does not change: an estimate that moves with the clock alone is no change. */
    private static ResponseEntity.BodyBuilder tagged(ResponseEntity.BodyBuilder response, JobStatus job) {
        return response.eTag("W/\"%s-%d\"".formatted(job.id(), job.version())).cacheControl(CacheControl.noCache());
    }
}
