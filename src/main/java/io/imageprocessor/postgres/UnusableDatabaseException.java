package io.imageprocessor.postgres;

/**
 * The service cannot start with the database that it was given, or was given none. The message says why, on one line
 * and without anything secret.
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
