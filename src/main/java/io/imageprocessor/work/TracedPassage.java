package io.imageprocessor.work;

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

/**
 * The passage of an image that is traced: one span {@code image} for each attempt, under that of the submission, and within
 * it one for the {@code download} and one for the {@code gpu}. What lies between these two is the wait for a slot; from the
 * event {@code computed} on, or from the end of a download that failed, the result is being kept. None of them tells of the
 * URL, the host or the store.
 */
final class TracedPassage extends Passage {

    private final JobTrace trace;
    private final Tracer tracer;

    private Span image = Span.getInvalid();

    /** The part of the work that is under way, or was last. */
    private Span stage = Span.getInvalid();

    /** Declared as what it is to others, so that this class is loaded when there is something to trace, and not before. */
    static Passage of(FairJobQueue queue, HostLine line, ImageTask task, JobTrace trace, Tracer tracer) {
        return new TracedPassage(queue, line, task, trace, tracer);
    }

    private TracedPassage(FairJobQueue queue, HostLine line, ImageTask task, JobTrace trace, Tracer tracer) {
        super(queue, line, task);
        this.trace = trace;
        this.tracer = tracer;
    }

    @Override
    void work(Consumer<Passage> work) {
        image = tracer.spanBuilder("image")
                .setParent(Context.root().with(Span.wrap(remote(trace.parent()))))
                .setAttribute("job_id", task().jobId().value())
                .setAttribute("image", (long) task().index())
                .setAttribute("attempt", (long) task().attempt())
                .startSpan();
        try (Scope _ = image.makeCurrent()) {
            begin("download");
            super.work(work);
        } finally {
            // Again, where it has ended; otherwise the work was broken off.
            stage.end();
            image.end();
        }
    }

    private static SpanContext remote(TraceParent parent) {
        return SpanContext.createFromRemoteParent(
                parent.traceId(), parent.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
    }

    private void begin(String name) {
        stage = tracer.spanBuilder(name).startSpan();
    }

    @Override
    void downloaded() {
        stage.end();
        super.downloaded();
    }

    @Override
    void failed(FailureCode code) {
        fail(stage, code);
        fail(image, code);
    }

    @Override
    void downloadFailed(Contact contactWithHost) {
        stage.end();
        super.downloadFailed(contactWithHost);
    }

    @Override
    void admitted() {
        begin("gpu");
        super.admitted();
    }

    @Override
    void computed() {
        stage.end();
        image.addEvent("computed");
    }

    @Override
    void retryAfter(Duration delay, int triedSoFar) {
        image.setAttribute("outcome", "retried");
        super.retryAfter(delay, triedSoFar);
    }

    @Override
    void recorded(ImageResult result) {
        image.setAttribute("outcome", result.state().code());
        result.failureCode().ifPresent(code -> fail(image, code));
    }

    private static void fail(Span span, FailureCode code) {
        span.setAttribute("code", code.code()).setStatus(StatusCode.ERROR);
    }
}
