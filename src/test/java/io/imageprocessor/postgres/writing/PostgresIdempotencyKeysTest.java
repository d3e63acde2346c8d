package io.imageprocessor.postgres.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseState;
import io.imageprocessor.postgres.database.PostgresTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** Keys that several replicas use. */
class PostgresIdempotencyKeysTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("k", "fingerprint");

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
    void grantsKeyToOneReplica() {
        List<IdempotencyClaim> claims = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> (i % 2 == 0 ? one : other).keys.claim("k"))
                .toList();

        assertThat(claims)
                .filteredOn(IdempotencyClaim.Granted.class::isInstance)
                .hasSize(1);
    }

    @Test
    void freesKeyOfDeadReplicaWithinSeconds() {
        one.keys.claim("k");

        clock.advance(PostgresIdempotencyKeys.LEASE.minusMillis(1));
        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
        clock.advance(Duration.ofMillis(1));
        assertThat(other.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void keepsKeyOfSlowSubmissionForTheMaximumReadTime() {
        one.keys.claim("k");
        one.keys.claim("another");

        for (Duration time = Duration.ZERO;
                time.compareTo(Duration.ofMinutes(5)) <= 0;
                time = time.plus(PostgresIdempotencyKeys.RENEWAL_INTERVAL)) {
            one.keys.maintain();
            clock.advance(PostgresIdempotencyKeys.RENEWAL_INTERVAL);
            assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
        }

        one.store.save(job(1), _ -> {});
        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(KEY, new JobId(1)));
    }

    @Test
    void keepsKeyThroughMissedRenewals() {
        one.keys.claim("k");
        one.keys.maintain();

        clock.advance(PostgresIdempotencyKeys.LEASE.minusMillis(1));

        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void doesNotRenewAClaimForLongerThanASubmissionTakes() {
        one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.MAX_CLAIM_TIME);

        one.keys.maintain();

        assertThat(other.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void renewsOnlyItsOwnClaim() {
        one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        other.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);

        one.keys.maintain();

        assertThat(one.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void doesNotRenewAnEndedClaim() {
        IdempotencyClaim.Granted claim = (IdempotencyClaim.Granted) one.keys.claim("k");
        one.keys.end(claim);
        clock.advance(PostgresIdempotencyKeys.LEASE);

        one.keys.maintain();

        assertThat(other.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void keepsTheUseOfAKeyWhileOthersAreRenewed() {
        one.keys.claim("k");
        one.store.save(
                job(1),
                _ -> CompletableFuture.runAsync(one.keys::maintain)
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join());

        one.keys.maintain();
        clock.advance(Duration.ofHours(23));

        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(KEY, new JobId(1)));
    }

    @Test
    void recognisesAKeyThatAnEarlierVersionUsed() {
        one.jdbc()
                .update(
                        "INSERT INTO submission_key (key, free_at, fingerprint, job_id) VALUES ('k', ?, ?, 1)",
                        PostgresTime.of(clock.instant().plusSeconds(1)),
                        KEY.fingerprint());

        assertThat(one.keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(KEY, new JobId(1)));
    }

    @Test
    void acceptsFasterSubmissionIfTheClaimOfTheOtherExpired() {
        one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        other.keys.claim("k");
        other.store.save(job(1), _ -> {});

        assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> one.store.save(job(2), _ -> {}));

        assertThat(one.queries.status(new JobId(2))).isEmpty();
        assertThat(one.keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(KEY, new JobId(1)));
    }

    @Test
    void releasesOnlyItsOwnClaim() {
        IdempotencyClaim.Granted late = (IdempotencyClaim.Granted) one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        other.keys.claim("k");

        one.keys.release(late);

        assertThat(one.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void releasesKeyAfterDatabaseOutage() {
        AtomicBoolean unavailable = new AtomicBoolean();
        DatabaseState state = mock();
        when(state.isUnavailable()).thenAnswer(_ -> unavailable.get());
        Database database = new Database(one.jdbc(), new TransactionTemplate(), state);
        PostgresIdempotencyKeys keys = new PostgresIdempotencyKeys(database, clock);
        IdempotencyClaim.Granted claim = (IdempotencyClaim.Granted) keys.claim("k");
        unavailable.set(true);
        keys.release(claim);
        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());

        unavailable.set(false);
        keys.maintain();

        assertThat(other.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void returnsHolderWithoutWaitingForTheTransactionThatUsesTheKey() {
        one.keys.claim("k");
        one.store.save(
                job(1),
                _ -> assertThat(CompletableFuture.supplyAsync(() -> other.keys.claim("k"))
                                .orTimeout(10, TimeUnit.SECONDS)
                                .join())
                        .isEqualTo(new IdempotencyClaim.InFlight()));
    }

    /** The statements of replicas that know version 2 of the schema, which run beside others during an upgrade. */
    private final class Version2 {

        private static final Duration CLAIM_DURATION = Duration.ofMinutes(6);

        /** Claims the key; returns until when, or null if it is not free. */
        @Nullable
        Instant claim() {
            Instant now = clock.instant();
            Instant until = now.plus(CLAIM_DURATION);
            int granted = one.jdbc().update("""
                    INSERT INTO submission_key AS k (key, free_at) VALUES ('k', ?)
                    ON CONFLICT (key) DO UPDATE SET free_at = excluded.free_at, fingerprint = NULL, job_id = NULL
                    WHERE k.free_at <= ?
                    """, PostgresTime.of(until), PostgresTime.of(now));
            return granted == 1 ? until : null;
        }

        void release(Instant until) {
            one.jdbc()
                    .update(
                            "DELETE FROM submission_key WHERE key = 'k' AND free_at = ? AND job_id IS NULL",
                            PostgresTime.of(until));
        }

        boolean isHeld() {
            return !one.jdbc()
                    .queryForList(
                            "SELECT FROM submission_key WHERE key = 'k' AND free_at > ?",
                            PostgresTime.of(clock.instant()))
                    .isEmpty();
        }
    }

    private final Version2 version2 = new Version2();

    @Test
    void doesNotShortenAClaimThatVersion2HasTakenAgain() {
        one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        assertThat(version2.claim()).isNotNull();

        one.keys.maintain();

        clock.advance(Version2.CLAIM_DURATION.minusMillis(1));
        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void doesNotReleaseAClaimThatVersion2HasTakenAgain() {
        IdempotencyClaim.Granted late = (IdempotencyClaim.Granted) one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        assertThat(version2.claim()).isNotNull();
        // Beyond its last renewal, when the claims of both versions end soon.
        clock.advance(Version2.CLAIM_DURATION.minusMillis(1));

        one.keys.release(late);

        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void keepsAClaimFromVersion2WhileItIsRenewed() {
        IdempotencyClaim.Granted claim = (IdempotencyClaim.Granted) one.keys.claim("k");
        for (Duration time = PostgresIdempotencyKeys.RENEWAL_INTERVAL;
                time.compareTo(PostgresIdempotencyKeys.MAX_CLAIM_TIME) < 0;
                time = time.plus(PostgresIdempotencyKeys.RENEWAL_INTERVAL)) {
            clock.advance(PostgresIdempotencyKeys.RENEWAL_INTERVAL);
            one.keys.maintain();
            assertThat(version2.claim()).isNull();
            assertThat(version2.isHeld()).isTrue();
        }

        one.keys.release(claim);

        assertThat(version2.claim()).isNotNull();
    }

    @Test
    void version2DoesNotReleaseAClaimThatWasTakenAgain() {
        Instant until = Objects.requireNonNull(version2.claim());
        assertThat(one.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
        clock.advance(Version2.CLAIM_DURATION);
        assertThat(one.keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);

        version2.release(until);

        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.InFlight());
    }

    @Test
    void usesAKeyThatVersion2HasTakenAgain() {
        one.keys.claim("k");
        clock.advance(PostgresIdempotencyKeys.LEASE);
        assertThat(version2.claim()).isNotNull();

        one.store.save(job(1), _ -> {});
        one.keys.maintain();
        clock.advance(Duration.ofHours(23));

        assertThat(other.keys.claim("k")).isEqualTo(new IdempotencyClaim.Used(KEY, new JobId(1)));
    }

    private static Job job(long id) {
        return Jobs.job(id).visit("S1", "http://a/0").key(KEY).build();
    }
}
