package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.TraceParent;
import io.imageprocessor.logging.FatalErrors;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Objects;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Records spans of an execution: {@code image} for the attempt, under the span of the submission, and in it
 * {@code download} and {@code gpu}. The time between these two is the wait for a slot. After the event
 * {@code computed}, or after a failed download, the result is being recorded. No span has the URL, the host or the
 * store. An image that is not pending any more has no span.
 *
 * <p>A fault of tracing ends the trace of the attempt, and does not affect the image.
 */
@Slf4j
final class TracedExecution extends ImageExecution {

    private final TraceParent parent;
    private final Tracer tracer;

    private Span image = Span.getInvalid();

    /** The span of the current stage, or of the last one. */
    private Span stage = Span.getInvalid();

    /** Adds the span to the log lines of the work. */
    private @Nullable Scope scope;

    private boolean broken;

    /** Returns the supertype, so that the JVM loads this class only when there is something to trace. */
    static ImageExecution of(FairJobQueue queue, ImageWork work, HostQueue hostQueue, ImageTask task, Tracer tracer) {
        return new TracedExecution(queue, work, hostQueue, task, tracer);
    }

    private TracedExecution(FairJobQueue queue, ImageWork work, HostQueue hostQueue, ImageTask task, Tracer tracer) {
        super(queue, work, hostQueue, task);
        this.parent = Objects.requireNonNull(traceParent());
        this.tracer = tracer;
    }

    @Override
    void process() {
        try {
            super.process();
        } finally {
            // One by one, so that a fault of one leaves none of the others open. The stage may be open if the work was
            // interrupted; ending a span twice has no effect.
            quietly(stage::end);
            quietly(image::end);
            quietly(this::closeScope);
        }
    }

    private void closeScope() {
        if (scope != null) {
            scope.close();
        }
    }

    /** {@link #process} closes the scope, on the same thread. */
    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public void downloadStarted() {
        trace(() -> {
            image = tracer.spanBuilder("image")
                    .setParent(Context.root().with(Span.wrap(remote(parent))))
                    .setAttribute("job_id", task().jobId().value())
                    .setAttribute("image", (long) task().index())
                    .setAttribute("attempt", (long) task().attempt())
                    .startSpan();
            scope = image.makeCurrent();
            begin("download");
        });
    }

    private static SpanContext remote(TraceParent parent) {
        return SpanContext.createFromRemoteParent(
                parent.traceId(), parent.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
    }

    private void begin(String name) {
        stage = tracer.spanBuilder(name).startSpan();
    }

    @Override
    public void downloaded() {
        trace(stage::end);
        super.downloaded();
    }

    @Override
    public void failed(FailureCode code) {
        trace(() -> {
            fail(stage, code);
            fail(image, code);
        });
    }

    @Override
    public void downloadFailed(Contact contactWithHost) {
        trace(stage::end);
        super.downloadFailed(contactWithHost);
    }

    @Override
    public void gpuAcquired() {
        trace(() -> begin("gpu"));
        super.gpuAcquired();
    }

    @Override
    public void gpuReleased() {
        trace(() -> {
            stage.end();
            image.addEvent("computed");
        });
    }

    @Override
    public void retryAfter(Duration delay, int attemptsSoFar) {
        trace(() -> image.setAttribute("outcome", "retried"));
        super.retryAfter(delay, attemptsSoFar);
    }

    @Override
    public void recorded(ImageResult result) {
        trace(() -> {
            image.setAttribute("outcome", result.state().code());
            result.failureCode().ifPresent(code -> fail(image, code));
        });
    }

    private static void fail(Span span, FailureCode code) {
        span.setAttribute("code", code.code()).setStatus(StatusCode.ERROR);
    }

    /** Changes the spans, unless tracing this attempt failed before. */
    private void trace(Runnable step) {
        if (!broken) {
            quietly(step);
        }
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            broken = true;
            if (log.isDebugEnabled()) {
                logInContext(
                        () -> log.debug("trace of image {} of job {} abandoned", task().index(), task().jobId(), e));
            }
        }
    }
}
