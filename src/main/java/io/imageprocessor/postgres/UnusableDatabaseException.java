package io.imageprocessor.postgres;

/**
 * Thrown at the start if no usable database is configured. The message is one line with the reason, without secrets.
 */
public final class UnusableDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableDatabaseException(String message) {
        super(message);
    }

    public UnusableDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
