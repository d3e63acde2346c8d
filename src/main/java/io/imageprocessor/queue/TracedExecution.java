package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.function.Consumer;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * The passage of an image that is traced: one span {@code image} for each attempt, under that of the submission, and
 * within it one for the {@code download} and one for the {@code gpu}. What lies between these two is the wait for a
 * slot; from the event {@code computed} on, or from the end of a download that failed, the result is being kept. None
 * of them tells of the URL, the host or the store. An image that is not to be worked on any more has none.
 *
 * <p>The image does not depend on it: whatever goes wrong with its spans, it is worked on, and its attempt is traced no
 * further.
 */
@Slf4j
final class TracedExecution extends ImageExecution {

    private final JobTrace trace;
    private final Tracer tracer;

    private Span image = Span.getInvalid();

    /** The part of the work that is under way, or was last. */
    private Span stage = Span.getInvalid();

    /** Has lines of the log that are written while the image is worked on tell its span. */
    private @Nullable Scope scope;

    private boolean broken;

    /**
     * Declared as what it is to others, so that this class is loaded when there is something to trace, and not before.
     */
    static ImageExecution of(FairJobQueue queue, HostQueue line, ImageTask task, JobTrace trace, Tracer tracer) {
        return new TracedExecution(queue, line, task, trace, tracer);
    }

    private TracedExecution(FairJobQueue queue, HostQueue line, ImageTask task, JobTrace trace, Tracer tracer) {
        super(queue, line, task);
        this.trace = trace;
        this.tracer = tracer;
    }

    @Override
    void work(Consumer<ImageExecution> work) {
        try {
            super.work(work);
        } finally {
            // Each by itself, so that none is left open. The stage again, where it has ended; otherwise the work was
            // broken off.
            quietly(stage::end);
            quietly(image::end);
            quietly(this::leaveScope);
        }
    }

    private void leaveScope() {
        if (scope != null) {
            scope.close();
        }
    }

    /** The scope is left by {@link #work}, on the same thread. */
    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public void downloading() {
        trace(() -> {
            image = tracer.spanBuilder("image")
                    .setParent(Context.root().with(Span.wrap(remote(trace.parent()))))
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
    public void admitted() {
        trace(() -> begin("gpu"));
        super.admitted();
    }

    @Override
    public void computed() {
        trace(() -> {
            stage.end();
            image.addEvent("computed");
        });
    }

    @Override
    public void retryAfter(Duration delay, int triedSoFar) {
        trace(() -> image.setAttribute("outcome", "retried"));
        super.retryAfter(delay, triedSoFar);
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

    /** Does something about the spans, unless something has gone wrong with them before. */
    private void trace(Runnable step) {
        if (!broken) {
            quietly(step);
        }
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            broken = true;
            if (log.isDebugEnabled()) {
                about(() -> log.debug("image {} of job {} is traced no further", task().index(), task().jobId(), e));
            }
        }
    }
}
