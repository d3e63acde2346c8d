package io.imageprocessor.job;

import java.util.regex.Pattern;

/**
 * The span of a submission, with which any replica can continue its trace.
 *
 * @param value the header {@code traceparent}, version 00, of <a
 *     href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>
 */
public record TraceParent(String value) {

    private static final Pattern FORMAT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int SAMPLED = 1;

    public TraceParent {
        if (!FORMAT.matcher(value).matches()) {
            throw new IllegalArgumentException("invalid traceparent: " + value);
        }
    }

    /** Returns the id of the trace, 32 hexadecimal digits. */
    public String traceId() {
        return value.substring(3, 35);
    }

    /** Returns the id of the span, 16 hexadecimal digits. */
    public String spanId() {
        return value.substring(36, 52);
    }

    /** Returns whether the trace is recorded; if not, only its id is known. */
    public boolean sampled() {
        return (Integer.parseInt(value, 53, 55, 16) & SAMPLED) != 0;
    }
}
