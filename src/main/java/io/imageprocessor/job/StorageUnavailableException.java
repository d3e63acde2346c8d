package io.imageprocessor.job;

/** The storage of jobs cannot be reached now. The message is safe to show to clients. */
public class StorageUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StorageUnavailableException(Throwable cause) {
        super("the storage of jobs does not answer; try again later", cause);
    }
}
