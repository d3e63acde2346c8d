package io.imageprocessor.job;

/** A job exceeds a limit of its own, even if there were no other job. The message is safe to show to clients. */
public class JobTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobTooLargeException(String message) {
        super(message);
    }
}
