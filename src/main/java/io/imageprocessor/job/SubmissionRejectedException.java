package io.imageprocessor.job;

import java.util.Locale;

/** The service cannot take a job now and may later; the message says why and is safe to show. */
public class SubmissionRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is; the message is the word for people. */
    public enum Reason {
        /** As many images wait as may. */
        FULL,
        /** As many submissions are being read as may be. */
        UPLOADS,
        /** The service is shutting down. */
        STOPPING,
        /** Another submission with the same key was faster. */
        OVERTAKEN;

        /** The name as metrics know it. */
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
