package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemorySubmissionKeysTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final InMemorySubmissionKeys keys = new InMemorySubmissionKeys(clock);

    @Test
    void forgetsEachUseWhenItsOwnDayIsOver() {
        use(1);
        clock.advance(Duration.ofHours(23));
        use(2);

        clock.advance(Duration.ofHours(1));

        assertThat(claim(1)).isInstanceOf(KeyClaim.Granted.class);
        assertThat(claim(2)).isEqualTo(used(2));
    }

    @Test
    void forgetsTheOldestUsesWhenThereAreTooMany() {
        for (int number = 1; number <= InMemorySubmissionKeys.MAX_USED; number++) {
            use(number);
        }
        assertThat(claim(1)).isEqualTo(used(1));

        use(InMemorySubmissionKeys.MAX_USED + 1);

        assertThat(claim(1)).isInstanceOf(KeyClaim.Granted.class);
        assertThat(claim(2)).isEqualTo(used(2));
    }

    @Test
    void doesNotForgetThatAKeyIsInFlight() {
        claim(1);
        clock.advance(Duration.ofDays(365));

        assertThat(claim(1)).isEqualTo(new KeyClaim.InFlight());
    }

    @Test
    void remembersAUseThatFollowsAForgottenOneForAnotherDay() {
        use(1);
        clock.advance(Duration.ofHours(24));
        claim(1);
        use(1);
        clock.advance(Duration.ofHours(23));

        assertThat(claim(1)).isEqualTo(used(1));
    }

    private KeyClaim claim(int number) {
        return keys.claim("key " + number);
    }

    private void use(int number) {
        keys.use(key(number), new JobId(number));
    }

    private static KeyClaim used(int number) {
        return new KeyClaim.Used(key(number), new JobId(number));
    }

    private static SubmissionKey key(int number) {
        return new SubmissionKey("key " + number, "fingerprint");
    }
}
