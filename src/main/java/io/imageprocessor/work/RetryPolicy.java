package io.imageprocessor.work;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import lombok.RequiredArgsConstructor;

/**
 * Decides whether and when a failed image is retried. It retries only retryable failures, up to a number of attempts
 * and an age of the image. The delay doubles with each attempt; up to half of it is cut off at random, so that images
 * that failed together are not retried together. If the failure states a minimum delay, that is added. Thread-safe.
 */
@RequiredArgsConstructor
final class RetryPolicy {

    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration MAX_DELAY = Duration.ofSeconds(30);

    private final int maxAttempts;

    /** The longest time from the start of an image's first attempt to the start of its last one. */
    private final Duration maxAge;

    /** Returns random numbers from 0 to 1. */
    private final DoubleSupplier random;

    /**
     * Returns the delay before the next attempt; empty if there is none.
     *
     * @param attempt the failed attempt, from 1; it is never the last one if the circuit of the host was open
     * @param sinceFirst the time since the image's first attempt began
     */
    Optional<Duration> delayAfter(int attempt, ImageFailure failure, Duration sinceFirst) {
        boolean lastAttempt = attempt >= maxAttempts && !(failure instanceof HostUnavailable);
        if (!failure.retryable() || lastAttempt) {
            return Optional.empty();
        }
        double full = Math.min(FIRST_DELAY.toMillis() * Math.pow(2, attempt - 1.0), (double) MAX_DELAY.toMillis());
        Duration delay = failure.retryAfter().plusMillis(Math.round(full * (1 - random.getAsDouble() / 2)));
        return sinceFirst.plus(delay).compareTo(maxAge) <= 0 ? Optional.of(delay) : Optional.empty();
    }
}
