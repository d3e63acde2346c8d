package io.imageprocessor.job;

/**
 * Grants each idempotency key to one submission. A job that is saved with a granted key uses it; a used key is
 * remembered for 24 hours. Thread-safe.
 */
public interface IdempotencyKeys {

    /**
     * Claims the key of a submission that is about to be read.
     *
     * @throws StorageUnavailableException if the storage cannot be reached
     */
    IdempotencyClaim claim(String key);

    /**
     * Releases a granted key that will not be used. Does nothing if the key was used or belongs to another claim by
     * now. If the storage cannot be reached, the key is released later and nothing is thrown.
     */
    void release(IdempotencyClaim.Granted claim);
}
