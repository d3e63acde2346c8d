package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link IdempotencyKeys}, which every implementation runs. */
public abstract class IdempotencyKeysContract extends StorageFixture {

    @Test
    void grantsAKeyToOneClaimAtATime() {
        assertThat(keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
        assertThat(keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
        assertThat(keys.claim("K")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void grantsAReleasedKeyAgain() {
        keys.release(granted("k"));

        assertThat(keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void retryUsesItsKey() {
        IdempotencyKey key = new IdempotencyKey("retry 1 k", "fingerprint");
        saved(Jobs.job(1).visit("S0", "http://a/0"));
        keys.claim("retry 1 k");
        keys.claim("k");

        Job retry = saved(Jobs.job(2).retryOf(1).visit("S0", "http://a/0").key(key));

        assertThat(keys.claim("retry 1 k")).isEqualTo(new IdempotencyClaim.Used(key, retry.id()));
        assertThat(keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void grantsAKeyToOneOfManyConcurrentClaims() {
        List<IdempotencyClaim> claims = IntStream.range(0, 100)
                .parallel()
                .mapToObj(_ -> keys.claim("k"))
                .toList();

        assertThat(claims)
                .filteredOn(IdempotencyClaim.Granted.class::isInstance)
                .hasSize(1);
        assertThat(claims).filteredOn(new IdempotencyClaim.InFlight()::equals).hasSize(99);
    }

    @Test
    void returnsTheJobOfAUsedKeyFor24Hours() {
        IdempotencyKey key = new IdempotencyKey("k", "fingerprint");
        IdempotencyClaim.Granted claim = granted("k");
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0").key(key));
        work(job, 0, SUCCEEDED);

        assertThat(keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(key, job.id()));
        keys.end(claim);
        // Neither a late release nor the removal of the job frees the key.
        keys.release(claim);
        clock.advance(Duration.ofHours(24).minusNanos(1));
        assertThat(queries.status(job.id())).isEmpty();
        assertThat(keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(key, job.id()));

        clock.advance(Duration.ofNanos(1));
        assertThat(keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    private IdempotencyClaim.Granted granted(String key) {
        return (IdempotencyClaim.Granted) keys.claim(key);
    }
}
