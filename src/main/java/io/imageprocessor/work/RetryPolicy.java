package io.imageprocessor.work;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import lombok.RequiredArgsConstructor;

/**
 * Whether and when a failed image is tried again: only what can heal, at most so many times and within so long, after a
 * time that doubles with each attempt and is cut by a random part of up to a half, so that images that failed together
 * do not come back together. Where the failure tells until when another attempt would be in vain, that time comes
 * before.
 */
@RequiredArgsConstructor
final class RetryPolicy {

    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    private final int maxAttempts;

    /** From the beginning of an image's first attempt; no attempt begins later. */
    private final Duration timeForImage;

    /** Random numbers from 0 to 1. */
    private final DoubleSupplier random;

    /**
     * How long to wait before the next attempt, or empty if there is to be none.
     *
     * @param attempt the attempt that failed, from 1; one that was not made, the host being left alone, is not the last
     * @param sinceFirst how long ago the image's first attempt began
     */
    Optional<Duration> delayAfter(int attempt, ImageFailure failure, Duration sinceFirst) {
        boolean lastAttempt = attempt >= maxAttempts && !(failure instanceof HostUnavailable);
        if (!failure.retryable() || lastAttempt) {
            return Optional.empty();
        }
        double full = Math.min(FIRST_DELAY.toMillis() * Math.pow(2, attempt - 1.0), (double) LONGEST_DELAY.toMillis());
        Duration delay = failure.retryAfter().plusMillis(Math.round(full * (1 - random.getAsDouble() / 2)));
        return sinceFirst.plus(delay).compareTo(timeForImage) <= 0 ? Optional.of(delay) : Optional.empty();
    }
}
