package io.imageprocessor.trace;

import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.concurrent.TimeUnit;

/**
 * Sends the spans that wait when the service ends, for so long and no longer. OpenTelemetry itself would wait ten
 * seconds for a collector that does not answer, batch after batch; closed once more after this, it does nothing.
 */
record SpanFlush(BatchSpanProcessor spans) implements AutoCloseable {

    /** As long as one batch may take, as application.yaml says. */
    static final int SECONDS = 2;

    @Override
    public void close() {
        var _ = spans.shutdown().join(SECONDS, TimeUnit.SECONDS);
    }
}
