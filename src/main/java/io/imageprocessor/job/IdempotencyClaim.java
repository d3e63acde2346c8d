package io.imageprocessor.job;

import java.util.UUID;

/** The outcome of claiming an idempotency key, before the request is read. */
public sealed interface IdempotencyClaim {

    /**
     * The key was free and now belongs to this claim, until a job is saved with it or it is released.
     *
     * @param id distinguishes this claim from others to the same key
     */
    record Granted(String key, UUID id) implements IdempotencyClaim {

        /** Grants the key to a new claim. */
        public static Granted of(String key) {
            return new Granted(key, UUID.randomUUID());
        }
    }

    /** Another request with this key is being read. */
    record InFlight() implements IdempotencyClaim {}

    /** A job was accepted with this key. */
    record Used(IdempotencyKey key, JobId jobId) implements IdempotencyClaim {}
}
