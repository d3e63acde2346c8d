package io.imageprocessor.work;

import io.imageprocessor.image.ImageFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import lombok.RequiredArgsConstructor;

/**
 * Whether and when a failed image is tried again: only what can heal, at most so many times, after a time that doubles
 * with each attempt and is cut by a random part of up to a half, so that images that failed together do not come back
 * together.
 */
@RequiredArgsConstructor
final class RetryPolicy {

    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    private final int maxAttempts;

    /** Random numbers from 0 to 1. */
    private final DoubleSupplier random;

    /**
     * How long to wait before the next attempt, or empty if there is to be none.
     *
     * @param attempt the attempt that failed, from 1
     */
    Optional<Duration> delayAfter(int attempt, ImageFailure failure) {
        if (!failure.retryable() || attempt >= maxAttempts) {
            return Optional.empty();
        }
        double full = Math.min(FIRST_DELAY.toMillis() * Math.pow(2, attempt - 1.0), (double) LONGEST_DELAY.toMillis());
        return Optional.of(Duration.ofMillis(Math.round(full * (1 - random.getAsDouble() / 2))));
    }
}
