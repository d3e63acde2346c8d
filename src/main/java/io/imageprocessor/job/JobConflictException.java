package io.imageprocessor.job;

/** The state of a job does not allow what is asked of it; the message names both and is safe to show. */
public class JobConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JobConflictException(String message) {
        super(message);
    }
}
