package io.imageprocessor.image;

/**
 * Why a photo could not be measured: a closed set, each with a stable {@link #code()}, a {@link #message()} that is safe
 * to show to a client (no address, no class name), and whether another attempt can help.
 */
public sealed interface ImageFailure {

    /** The stable, machine-readable name of the failure, such as {@code http_status}. */
    String code();

    /** One clause in plain words, without a full stop, such as {@code the origin answered 404}. */
    String message();

    /** Whether a later attempt at the same URL may succeed. */
    boolean retryable();

    record InvalidUrl(String message) implements ImageFailure {
        @Override
        public String code() {
            return "invalid_url";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }
}
