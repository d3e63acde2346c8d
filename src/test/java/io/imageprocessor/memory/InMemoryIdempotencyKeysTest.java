package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryIdempotencyKeysTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final InMemoryIdempotencyKeys keys = new InMemoryIdempotencyKeys(Long.MAX_VALUE, clock);

    @Test
    void removesEachUseAfterItsOwn24Hours() {
        use(1);
        clock.advance(Duration.ofHours(23));
        use(2);

        clock.advance(Duration.ofHours(1));

        assertThat(claim(1)).isInstanceOf(IdempotencyClaim.Granted.class);
        assertThat(claim(2)).isEqualTo(used(2));
    }

    @Test
    void removesOldestUsesAboveTheLimit() {
        for (int number = 1; number <= InMemoryIdempotencyKeys.MAX_USED; number++) {
            use(number);
        }
        assertThat(claim(1)).isEqualTo(used(1));

        use(InMemoryIdempotencyKeys.MAX_USED + 1);

        assertThat(claim(1)).isInstanceOf(IdempotencyClaim.Granted.class);
        assertThat(claim(2)).isEqualTo(used(2));
    }

    @Test
    void keepsKeysInFlight() {
        claim(1);
        clock.advance(Duration.ofDays(365));

        assertThat(claim(1)).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void keepsANewUseOfARemovedKeyFor24Hours() {
        use(1);
        clock.advance(Duration.ofHours(24));
        claim(1);
        use(1);
        clock.advance(Duration.ofHours(23));

        assertThat(claim(1)).isEqualTo(used(1));
    }

    private IdempotencyClaim claim(int number) {
        return keys.claim("key " + number);
    }

    private void use(int number) {
        keys.use(key(number), new JobId(number));
    }

    private static IdempotencyClaim used(int number) {
        return new IdempotencyClaim.Used(key(number), new JobId(number));
    }

    private static IdempotencyKey key(int number) {
        return new IdempotencyKey("key " + number, "fingerprint");
    }
}
