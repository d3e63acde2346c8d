package io.imageprocessor.api;

import io.imageprocessor.job.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Optional;

/** Tells the span of the call that this thread answers, for the job that comes of it. */
public final class CallTrace {

    private CallTrace() {}

    /** Empty if there are no traces. */
    public static Optional<TraceParent> current() {
        SpanContext span = Span.current().getSpanContext();
        return span.isValid()
                ? Optional.of(new TraceParent("00-%s-%s-%s"
                        .formatted(
                                span.getTraceId(),
                                span.getSpanId(),
                                span.getTraceFlags().asHex())))
                : Optional.empty();
    }
}
