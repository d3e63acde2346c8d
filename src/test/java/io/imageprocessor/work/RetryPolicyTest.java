package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final ImageFailure CAN_HEAL = new ImageFailure.HttpStatus(503);
    private static final ImageFailure CANNOT_HEAL = new ImageFailure.HttpStatus(404);

    @Test
    void waitsTwiceAsLongAfterEachAttempt() {
        RetryPolicy policy = new RetryPolicy(10, () -> 0);

        assertThat(policy.delayAfter(1, CAN_HEAL)).contains(Duration.ofMillis(500));
        assertThat(policy.delayAfter(2, CAN_HEAL)).contains(Duration.ofSeconds(1));
        assertThat(policy.delayAfter(3, CAN_HEAL)).contains(Duration.ofSeconds(2));
        assertThat(policy.delayAfter(9, CAN_HEAL)).contains(Duration.ofSeconds(30));
    }

    @Test
    void cutsTheDelayByARandomPartOfUpToAHalf() {
        assertThat(new RetryPolicy(3, () -> 1).delayAfter(1, CAN_HEAL)).contains(Duration.ofMillis(250));
        assertThat(new RetryPolicy(3, () -> 0.5).delayAfter(1, CAN_HEAL)).contains(Duration.ofMillis(375));
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        RetryPolicy policy = new RetryPolicy(3, () -> 0);

        assertThat(policy.delayAfter(2, CAN_HEAL)).isPresent();
        assertThat(policy.delayAfter(3, CAN_HEAL)).isEmpty();
    }

    @Test
    void doesNotTryAgainWhatCannotHeal() {
        assertThat(new RetryPolicy(3, () -> 0).delayAfter(1, CANNOT_HEAL)).isEmpty();
    }
}
