package io.imageprocessor.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.KeyClaim;
import io.imageprocessor.job.SubmissionKey;
import io.imageprocessor.job.SubmissionRefusedException;
import io.imageprocessor.job.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** What replicas do to each other's keys. */
class PostgresSubmissionKeysTest {

    private static final SubmissionKey KEY = new SubmissionKey("k", "fingerprint");

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final DataSource source = TestDatabase.dataSource();
    private final TestReplica one = new TestReplica(source, clock);
    private final TestReplica other = new TestReplica(source, clock);

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void grantsAKeyToOneOfAllReplicas() {
        List<KeyClaim> claims = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> (i % 2 == 0 ? one : other).repository.claimKey("k"))
                .toList();

        assertThat(claims).filteredOn(KeyClaim.Granted.class::isInstance).hasSize(1);
    }

    @Test
    void freesTheKeyOfAReplicaThatDiedWhenNoSubmissionCanBeReadAnyMore() {
        one.repository.claimKey("k");

        clock.advance(PostgresSubmissionKeys.CLAIMED.minus(Duration.ofNanos(1)));
        assertThat(other.repository.claimKey("k")).isEqualTo(new KeyClaim.InFlight());
        clock.advance(Duration.ofNanos(1));
        assertThat(other.repository.claimKey("k")).isInstanceOf(KeyClaim.Granted.class);
    }

    @Test
    void acceptsTheFasterOfTwoSubmissionsIfTheClaimOfTheOtherHadRunOut() {
        one.repository.claimKey("k");
        clock.advance(PostgresSubmissionKeys.CLAIMED);
        other.repository.claimKey("k");
        other.repository.save(job(1), () -> {});

        assertThatExceptionOfType(SubmissionRefusedException.class)
                .isThrownBy(() -> one.repository.save(job(2), () -> {}));

        assertThat(one.repository.status(new JobId(2))).isEmpty();
        assertThat(one.repository.claimKey("k")).isEqualTo(new KeyClaim.Used(KEY, new JobId(1)));
    }

    @Test
    void givesBackNoClaimButItsOwn() {
        KeyClaim.Granted late = (KeyClaim.Granted) one.repository.claimKey("k");
        clock.advance(PostgresSubmissionKeys.CLAIMED);
        other.repository.claimKey("k");

        one.repository.releaseKey(late);

        assertThat(one.repository.claimKey("k")).isEqualTo(new KeyClaim.InFlight());
    }

    @Test
    void givesAKeyBackWhenTheDatabaseIsThereAgain() {
        AtomicBoolean away = new AtomicBoolean();
        Database database = new Database(one.jdbc(), new TransactionTemplate(), away::get);
        PostgresSubmissionKeys keys = new PostgresSubmissionKeys(database, clock);
        KeyClaim.Granted claim = (KeyClaim.Granted) keys.claim("k");
        away.set(true);
        keys.release(claim);
        assertThat(other.repository.claimKey("k")).isEqualTo(new KeyClaim.InFlight());

        away.set(false);
        keys.releaseAll();

        assertThat(other.repository.claimKey("k")).isInstanceOf(KeyClaim.Granted.class);
    }

    @Test
    void tellsWhoHasTheKeyWithoutWaitingForTheTransactionThatUsesIt() {
        one.repository.claimKey("k");
        one.repository.save(
                job(1),
                () -> assertThat(CompletableFuture.supplyAsync(() -> other.repository.claimKey("k"))
                                .orTimeout(10, TimeUnit.SECONDS)
                                .join())
                        .isEqualTo(new KeyClaim.InFlight()));
    }

    private static Job job(long id) {
        return Jobs.job(id).visit("S1", "http://a/0").key(KEY).build();
    }
}
