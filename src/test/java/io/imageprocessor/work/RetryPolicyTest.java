package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final ImageFailure CAN_HEAL = new ImageFailure.HttpStatus(503);
    private static final ImageFailure CANNOT_HEAL = new ImageFailure.HttpStatus(404);

    private static final Duration TIME_FOR_IMAGE = Duration.ofSeconds(90);
    private static final Duration JUST_NOW = Duration.ZERO;

    @Test
    void doublesTheDelayWithEachAttempt() {
        RetryPolicy policy = policy(10, 0);

        assertThat(policy.delayAfter(1, CAN_HEAL, JUST_NOW)).contains(Duration.ofMillis(500));
        assertThat(policy.delayAfter(2, CAN_HEAL, JUST_NOW)).contains(Duration.ofSeconds(1));
        assertThat(policy.delayAfter(3, CAN_HEAL, JUST_NOW)).contains(Duration.ofSeconds(2));
        assertThat(policy.delayAfter(9, CAN_HEAL, JUST_NOW)).contains(Duration.ofSeconds(30));
    }

    @Test
    void cutsTheDelayByARandomPartOfUpToAHalf() {
        assertThat(policy(3, 1).delayAfter(1, CAN_HEAL, JUST_NOW)).contains(Duration.ofMillis(250));
        assertThat(policy(3, 0.5).delayAfter(1, CAN_HEAL, JUST_NOW)).contains(Duration.ofMillis(375));
    }

    @Test
    void doesNotRetryAfterTheLastAttempt() {
        RetryPolicy policy = policy(3, 0);

        assertThat(policy.delayAfter(2, CAN_HEAL, JUST_NOW)).isPresent();
        assertThat(policy.delayAfter(3, CAN_HEAL, JUST_NOW)).isEmpty();
    }

    @Test
    void doesNotRetryAPermanentFailure() {
        assertThat(policy(3, 0).delayAfter(1, CANNOT_HEAL, JUST_NOW)).isEmpty();
    }

    @Test
    void waitsAtLeastAsLongAsTheOriginAsks() {
        ImageFailure busy = new ImageFailure.HttpStatus(429, Duration.ofSeconds(20));

        assertThat(policy(3, 0).delayAfter(1, busy, JUST_NOW)).contains(Duration.ofMillis(20_500));
        assertThat(policy(3, 1).delayAfter(1, busy, JUST_NOW)).contains(Duration.ofMillis(20_250));
    }

    @Test
    void doesNotRetryAfterTheTimeForAnImage() {
        RetryPolicy policy = policy(3, 0);

        assertThat(policy.delayAfter(1, CAN_HEAL, TIME_FOR_IMAGE.minusMillis(500)))
                .isPresent();
        assertThat(policy.delayAfter(1, CAN_HEAL, TIME_FOR_IMAGE.minusMillis(499)))
                .isEmpty();
        assertThat(policy.delayAfter(1, new ImageFailure.HttpStatus(503, Duration.ofHours(1)), JUST_NOW))
                .isEmpty();
    }

    @Test
    void countsNoAttemptThatWasNotMade() {
        ImageFailure leftAlone = new ImageFailure.HostUnavailable("left alone", Duration.ofSeconds(20));

        assertThat(policy(3, 0).delayAfter(3, leftAlone, JUST_NOW)).isPresent();
        assertThat(policy(3, 0).delayAfter(3, leftAlone, TIME_FOR_IMAGE)).isEmpty();
    }

    private static RetryPolicy policy(int maxAttempts, double random) {
        return new RetryPolicy(maxAttempts, TIME_FOR_IMAGE, () -> random);
    }
}
