package io.imageprocessor.job;

/** The state of a job does not allow an operation. The message names both and is safe to show to clients. */
public class JobConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JobConflictException(String message) {
        super(message);
    }
}
