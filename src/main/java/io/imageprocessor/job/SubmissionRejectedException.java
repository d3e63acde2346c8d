package io.imageprocessor.job;

import java.util.Locale;

/** The service cannot accept a job now. The message states the reason and is safe to show to clients. */
public class SubmissionRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The reasons of a rejection, as counted by metrics. */
    public enum Reason {
        /** The backlog limit is reached. */
        FULL,
        /** The limit of concurrent submissions is reached. */
        UPLOADS,
        /** The service is shutting down. */
        STOPPING,
        /** Another request with the same idempotency key was accepted first. */
        OVERTAKEN;

        /** Returns the name in metrics. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;

    public SubmissionRejectedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
