package io.imageprocessor.job;

/**
 * Grants each idempotency key to one request. A job that is saved with a granted key uses it; a used key is remembered
 * for 24 hours. Thread-safe.
 */
public interface IdempotencyKeys {

    /**
     * Claims the key of a request that is about to be read. The claim lasts until it is released or ended; if this
     * process dies, it expires within seconds.
     *
     * @throws StorageUnavailableException if the storage cannot be reached
     */
    IdempotencyClaim claim(String key);

    /** Ends a claim whose key is used by a saved job. */
    void end(IdempotencyClaim.Granted claim);

    /**
     * Releases a granted key that will not be used. Does nothing if the key was used or belongs to another claim by
     * now. If the storage cannot be reached, the key is released later and nothing is thrown.
     */
    void release(IdempotencyClaim.Granted claim);
}
