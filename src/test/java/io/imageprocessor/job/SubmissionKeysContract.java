package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The keys of submissions, as every {@link JobRepository} keeps them. */
public abstract class SubmissionKeysContract extends JobRepositoryFixture {

    @Test
    void grantsAKeyToOneClaimantAtATime() {
        assertThat(repository.claimKey("k")).isInstanceOf(KeyClaim.Granted.class);
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.InFlight());
        assertThat(repository.claimKey("K")).isInstanceOf(KeyClaim.Granted.class);
    }

    @Test
    void grantsAKeyAgainThatWasGivenBack() {
        repository.releaseKey(granted("k"));

        assertThat(repository.claimKey("k")).isInstanceOf(KeyClaim.Granted.class);
    }

    @Test
    void grantsAKeyToOneOfManyWhoClaimItAtOnce() {
        List<KeyClaim> claims = IntStream.range(0, 100)
                .parallel()
                .mapToObj(_ -> repository.claimKey("k"))
                .toList();

        assertThat(claims).filteredOn(KeyClaim.Granted.class::isInstance).hasSize(1);
        assertThat(claims).filteredOn(new KeyClaim.InFlight()::equals).hasSize(99);
    }

    @Test
    void remembersForADayWhichJobAKeyWasUsedFor() {
        SubmissionKey key = new SubmissionKey("k", "fingerprint");
        KeyClaim.Granted claim = granted("k");
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0").key(key));
        work(job, 0, SUCCEEDED);

        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Used(key, job.id()));
        // Neither giving the key back too late nor forgetting the job makes it free.
        repository.releaseKey(claim);
        clock.advance(Duration.ofHours(24).minusNanos(1));
        assertThat(repository.status(job.id())).isEmpty();
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Used(key, job.id()));

        clock.advance(Duration.ofNanos(1));
        assertThat(repository.claimKey("k")).isInstanceOf(KeyClaim.Granted.class);
    }

    private KeyClaim.Granted granted(String key) {
        return (KeyClaim.Granted) repository.claimKey(key);
    }
}
