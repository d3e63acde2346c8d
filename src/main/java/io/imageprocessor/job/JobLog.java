package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Logs when jobs are accepted and ended, under every storage. These lines have the job's id and the trace of its
 * submission in their context. Other lines about a job have its id, and the current trace or the job's if known.
 */
@Slf4j
public final class JobLog {

    private static final String JOB_ID = "job_id";

    /** The names that Spring Boot uses. */
    private static final String TRACE_ID = "traceId";

    private static final String SPAN_ID = "spanId";

    private JobLog() {}

    /** Logs that a job was saved and queued. */
    public static void accepted(Job job) {
        ofJob(
                job.metadata(),
                () -> log.info(
                        "job {} accepted: {} visits, {} images",
                        job.id(),
                        job.visits().size(),
                        job.imageCount()));
    }

    /** Logs the end of a job; call it once, where the job was ended. */
    public static void ended(JobStatus job) {
        ended(job.metadata(), job.state(), job.counts(), job.finishedAt().orElseThrow());
    }

    /** Logs the end of a job without its {@link JobStatus}. */
    public static void ended(JobMetadata job, JobState state, JobCounts counts, Instant finishedAt) {
        ofJob(
                job,
                () -> log.info(
                        "job {} {}: {} images succeeded, {} failed, {} cancelled, in {} ms",
                        job.id(),
                        state.code(),
                        counts.succeeded(),
                        counts.failed(),
                        counts.cancelled(),
                        Duration.between(job.submittedAt(), finishedAt).toMillis()));
    }

    /** Runs an action that logs, with the job id in the context of its lines. */
    public static void about(JobId id, Runnable action) {
        try (var _ = MDC.putCloseable(JOB_ID, id.toString())) {
            action.run();
        }
    }

    /**
     * Runs an action that logs, with the job id and a trace in the context of its lines. Check first whether the level
     * is enabled, because this takes time.
     *
     * @param span span of the submission, used if the thread has no current span
     */
    public static void about(JobId id, @Nullable TraceParent span, Runnable action) {
        if (span == null || MDC.get(TRACE_ID) != null) {
            about(id, action);
        } else {
            within(span, () -> about(id, action));
        }
    }

    /** Uses the job's trace, even within the span of another request or of an image. */
    private static void ofJob(JobMetadata job, Runnable action) {
        within(job.traceParent().orElse(null), () -> about(job.id(), action));
    }

    private static void within(@Nullable TraceParent span, Runnable action) {
        String traceBefore = MDC.get(TRACE_ID);
        String spanBefore = MDC.get(SPAN_ID);
        put(TRACE_ID, span == null ? null : span.traceId());
        put(SPAN_ID, span == null ? null : span.spanId());
        try {
            action.run();
        } finally {
            put(TRACE_ID, traceBefore);
            put(SPAN_ID, spanBefore);
        }
    }

    private static void put(String key, @Nullable String value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }
}
