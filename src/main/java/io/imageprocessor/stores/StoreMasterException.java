package io.imageprocessor.stores;

/**
 * Reports a store master that cannot be used. At start, the service does not start; later, the current stores stay in
 * use.
 *
 * <p>The message is one line that may be shown to users: {@code store_master.csv, line 17: duplicate store id S00339218
 * (first on line 4)}.
 */
public final class StoreMasterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StoreMasterException(String message) {
        // Messages contain ids and header cells, which may contain line breaks.
        super(message.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " "));
    }

    /** Creates an exception for the whole file. */
    static StoreMasterException of(String file, String reason) {
        return new StoreMasterException(file + ": " + reason);
    }

    /** @param line the physical line on which the row starts, from 1 */
    static StoreMasterException at(String file, long line, String reason) {
        return new StoreMasterException(file + ", line " + line + ": " + reason);
    }
}
