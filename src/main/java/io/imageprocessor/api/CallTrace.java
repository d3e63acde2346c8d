package io.imageprocessor.api;

import io.imageprocessor.job.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Optional;

/** Reads the span of the request that the current thread handles, so that a new job continues its trace. */
public final class CallTrace {

    private CallTrace() {}

    /** Returns the current span, or empty if tracing is off. */
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
