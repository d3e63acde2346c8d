package io.imageprocessor.job;

/** The service cannot take a job now and may later; the message says why and is safe to show. */
public class SubmissionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SubmissionRefusedException(String message) {
        super(message);
    }
}
