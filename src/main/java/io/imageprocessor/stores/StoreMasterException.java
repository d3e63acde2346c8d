package io.imageprocessor.stores;

/**
 * The store master cannot be used: at start, the service must not start; later, the stores stay as they are. The
 * message is a single line, fit to be shown as it is: {@code store_master.csv, line 17: duplicate store id S00339218
 * (first on line 4)}.
 */
public final class StoreMasterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StoreMasterException(String message) {
        // Ids and header cells are quoted in reasons, and a quoted cell may hold line breaks.
        super(message.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " "));
    }

    /** The file as a whole cannot be used. */
    static StoreMasterException of(String file, String reason) {
        return new StoreMasterException(file + ": " + reason);
    }

    /** One row cannot be used; {@code line} is the physical line on which it starts, from 1. */
    static StoreMasterException at(String file, long line, String reason) {
        return new StoreMasterException(file + ", line " + line + ": " + reason);
    }
}
