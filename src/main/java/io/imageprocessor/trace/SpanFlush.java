package io.imageprocessor.trace;

import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.concurrent.TimeUnit;

/**
 * Sends the buffered spans when the service stops, and waits at most {@value #SECONDS} seconds. OpenTelemetry itself
 * waits ten seconds per batch for a collector that does not answer; its own close does nothing after this one.
 */
record SpanFlush(BatchSpanProcessor spans) implements AutoCloseable {

    /** The timeout of one batch in application.yaml. */
    static final int SECONDS = 2;

    @Override
    public void close() {
        var _ = spans.shutdown().join(SECONDS, TimeUnit.SECONDS);
    }
}
