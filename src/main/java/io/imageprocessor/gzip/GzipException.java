package io.imageprocessor.gzip;

import java.io.IOException;

/** Reports bytes that are not valid gzip. Has no stack trace: it is an expected outcome and can be frequent. */
public final class GzipException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the bytes. */
    public enum Reason {
        /** They are not gzip, or a checksum or a length does not match. */
        DAMAGED,
        /** They end before the gzip member does. */
        TRUNCATED
    }

    private final Reason reason;

    GzipException(Reason reason) {
        super(reason == Reason.TRUNCATED ? "the gzip data is truncated" : "the gzip data is damaged");
        this.reason = reason;
    }

    /** Returns what is wrong with the bytes. */
    public Reason reason() {
        return reason;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
