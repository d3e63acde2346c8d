package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the log tells of a job, wherever it is kept: a line when it is accepted and one when it ends, with the job's id
 * and the trace of its submission in their context. Other lines about a job or an image of it have the id, and a trace
 * where they are written within one or the job's is at hand.
 */
@Slf4j
public final class JobLog {

    private static final String JOB_ID = "job_id";

    /** As Spring Boot names them. */
    private static final String TRACE_ID = "traceId";

    private static final String SPAN_ID = "spanId";

    private JobLog() {}

    /** The job is kept, and will be worked on. */
    public static void accepted(Job job) {
        ofJob(
                job.head(),
                () -> log.info(
                        "job {} accepted: {} visits, {} images",
                        job.id(),
                        job.visits().size(),
                        job.imageCount()));
    }

    /** The job has come to its end; to be called once, by whoever has ended it. */
    public static void ended(JobStatus job) {
        ended(job.head(), job.state(), job.counts(), job.finishedAt().orElseThrow());
    }

    /** The same, of a job whose status is not at hand. */
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

    /** Writes lines with the job in their context. */
    public static void about(JobId id, Runnable lines) {
        try (var _ = MDC.putCloseable(JOB_ID, id.toString())) {
            lines.run();
        }
    }

    /**
     * Writes lines with the job and its trace in their context. It takes some time: see first whether they will be
     * written.
     *
     * @param span of the submission; a line that is written within a span has that one all the same
     */
    public static void about(JobId id, @Nullable TraceParent span, Runnable lines) {
        if (span == null || MDC.get(TRACE_ID) != null) {
            about(id, lines);
        } else {
            within(span, () -> about(id, lines));
        }
    }

    /**
     * Whoever ends a job does so within a call of its own, or in the midst of an image: the lines have the job's trace.
     */
    private static void ofJob(JobMetadata job, Runnable lines) {
        within(job.traceParent().orElse(null), () -> about(job.id(), lines));
    }

    private static void within(@Nullable TraceParent span, Runnable lines) {
        String traceBefore = MDC.get(TRACE_ID);
        String spanBefore = MDC.get(SPAN_ID);
        put(TRACE_ID, span == null ? null : span.traceId());
        put(SPAN_ID, span == null ? null : span.spanId());
        try {
            lines.run();
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
