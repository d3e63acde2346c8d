package io.imageprocessor.job;

/** What keeps the jobs cannot be reached now and may be later; the message is safe to show. */
public class StorageUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StorageUnavailableException(Throwable cause) {
        super("the storage of jobs does not answer; try again later", cause);
    }
}
