package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Keeps idempotency keys for all replicas: the database grants each key to one of several concurrent claims. A claim
 * lasts for seconds and is renewed while its request is being read, so the key of a killed replica is free soon.
 * Thread-safe.
 *
 * <p>During an upgrade, replicas of version 2 of the schema take keys for six minutes and leave the column
 * {@code claim} as it is. They take a key only after it has expired. So a row with the id of a claim belongs to it only
 * while {@code free_at} is before what such a replica would have set.
 */
@Slf4j
@RequiredArgsConstructor
public final class PostgresIdempotencyKeys implements IdempotencyKeys {

    /**
     * How long a claim holds a key that is not renewed: five times the interval, and longer than a pause of the JVM.
     */
    static final Duration LEASE = Duration.ofSeconds(15);

    /** Time from one renewal of a claim to the next. */
    static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(3);

    /**
     * Reading a request takes at most five minutes, and saving its job some seconds. No claim is renewed for longer.
     * Not longer than replicas of version 2 of the schema take a key.
     */
    static final Duration MAX_CLAIM_TIME = Duration.ofMinutes(6);

    private static final Duration RETENTION = Duration.ofHours(24);

    private final Database database;
    private final Clock clock;
    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final GuardedTask renewing =
            new GuardedTask("renewing idempotency keys", DatabaseFailure::isReportedByMonitor);
    private final GuardedTask releasing =
            new GuardedTask("releasing idempotency keys", DatabaseFailure::isReportedByMonitor);

    /** When each claim of this replica began. */
    private final Map<IdempotencyClaim.Granted, Instant> claims = new ConcurrentHashMap<>();

    /** Claims to release later: few, because there are no new claims while the database is unavailable. */
    private final Queue<Claim> unreleased = new ConcurrentLinkedQueue<>();

    /** When the claims were last renewed; used by one thread at a time. */
    private Instant renewedAt = Instant.MIN;

    private record Claim(IdempotencyClaim.Granted granted, Instant since) {

        /**
         * Returns a time after every {@code free_at} of this claim. A replica of version 2 that takes the expired key
         * sets {@code free_at} to this time or a later one.
         */
        Instant limit() {
            return since.plus(LEASE).plus(MAX_CLAIM_TIME);
        }
    }

    @Override
    public IdempotencyClaim claim(String key) {
        releaseAll();
        while (true) {
            // A separate read comes first: a write would wait for a transaction that uses the key.
            Optional<IdempotencyClaim> claim = holder(key).or(() -> grant(key));
            // Empty if another claim came between the two statements.
            if (claim.isPresent()) {
                return claim.get();
            }
        }
    }

    private Optional<IdempotencyClaim> holder(String key) {
        List<IdempotencyClaim> holders = database.execute(jdbc -> jdbc.query(
                "SELECT fingerprint, job_id FROM submission_key WHERE key = ? AND free_at > ?",
                (row, _) -> {
                    Long jobId = row.getObject("job_id", Long.class);
                    return jobId == null
                            ? new IdempotencyClaim.InFlight()
                            : new IdempotencyClaim.Used(
                                    new IdempotencyKey(key, row.getString("fingerprint")), new JobId(jobId));
                },
                PostgresText.of(key),
                PostgresTime.of(clock.instant())));
        return holders.stream().findFirst();
    }

    private Optional<IdempotencyClaim> grant(String key) {
        Instant now = clock.instant();
        IdempotencyClaim.Granted claim = IdempotencyClaim.Granted.of(key);
        try {
            int granted = database.execute(jdbc -> jdbc.update(
                    """
                    INSERT INTO submission_key AS k (key, free_at, claim) VALUES (?, ?, ?)
                    ON CONFLICT (key) DO UPDATE
                    SET free_at = excluded.free_at, claim = excluded.claim, fingerprint = NULL, job_id = NULL
                    WHERE k.free_at <= ?
                    """, PostgresText.of(key), PostgresTime.of(now.plus(LEASE)), claim.id(), PostgresTime.of(now)));
            if (granted == 0) {
                return Optional.empty();
            }
            claims.put(claim, now);
            return Optional.of(claim);
        } catch (StorageUnavailableException e) {
            // The claim may have been granted: the outcome of the statement is unknown.
            unreleased.add(new Claim(claim, now));
            throw e;
        }
    }

    @Override
    public void end(IdempotencyClaim.Granted claim) {
        claims.remove(claim);
    }

    @Override
    public void release(IdempotencyClaim.Granted claim) {
        Instant since = claims.remove(claim);
        // Otherwise it was not renewed for long, and expires now.
        if (since != null) {
            unreleased.add(new Claim(claim, since));
        }
        releaseAll();
    }

    /** Renews the claims of this replica, and releases those that could not be released during an outage. */
    @Scheduled(fixedDelayString = "PT1S")
    void maintain() {
        renewing.run(this::renewAll);
        releasing.run(this::releaseAll);
    }

    private void renewAll() {
        Instant now = clock.instant();
        if (renewedAt.plus(RENEWAL_INTERVAL).isAfter(now)) {
            return;
        }
        claims.values().removeIf(since -> !since.plus(MAX_CLAIM_TIME).isAfter(now));
        UnnestRows rows = new UnnestRows("text", "uuid", "timestamptz");
        claims.forEach((claim, since) ->
                rows.add(PostgresText.of(claim.key()), claim.id(), PostgresTime.of(new Claim(claim, since).limit())));
        if (!rows.isEmpty()) {
            // A locked row is being used by the job that is saved, and must not hold up the others.
            database.execute(jdbc -> rows.update(jdbc, """
                    WITH live AS (SELECT ?::timestamptz AS free_at),
                    claim AS (SELECT k.key FROM submission_key AS k JOIN unnest(?, ?, ?) AS c (key, id, until)
                                  ON c.key = k.key AND c.id = k.claim AND c.until > k.free_at
                              WHERE k.job_id IS NULL FOR UPDATE OF k SKIP LOCKED)
                    UPDATE submission_key AS k SET free_at = greatest(k.free_at, live.free_at)
                    FROM claim, live WHERE k.key = claim.key
                    """, PostgresTime.of(now.plus(LEASE))));
        }
        renewedAt = now;
    }

    private void releaseAll() {
        Claim claim = unreleased.poll();
        while (claim != null && isReleased(claim)) {
            claim = unreleased.poll();
        }
        if (claim != null) {
            unreleased.add(claim);
        }
    }

    private boolean isReleased(Claim claim) {
        try {
            database.execute(jdbc -> jdbc.update(
                    "DELETE FROM submission_key WHERE key = ? AND claim = ? AND free_at < ? AND job_id IS NULL",
                    PostgresText.of(claim.granted().key()),
                    claim.granted().id(),
                    PostgresTime.of(claim.limit())));
            return true;
        } catch (StorageUnavailableException e) {
            if (DatabaseFailure.isReportedByMonitor(e)) {
                log.debug("idempotency key is released later", e);
            } else {
                faults.warn(e, "idempotency key is released later");
            }
            return false;
        }
    }

    /**
     * Marks a claimed key as used by a job, in the transaction that saves the job.
     *
     * @throws SubmissionRejectedException if the claim has expired and another request used the key
     */
    static void use(JdbcTemplate jdbc, IdempotencyKey key, JobId jobId, Instant now) {
        int used = jdbc.update(
                """
                INSERT INTO submission_key AS k (key, free_at, fingerprint, job_id) VALUES (?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET free_at = excluded.free_at, fingerprint = excluded.fingerprint, job_id = excluded.job_id
                WHERE k.job_id IS NULL OR k.free_at <= ?
                """,
                PostgresText.of(key.value()),
                PostgresTime.of(now.plus(RETENTION)),
                key.fingerprint(),
                jobId.value(),
                PostgresTime.of(now));
        if (used == 0) {
            throw new SubmissionRejectedException(
                    Reason.OVERTAKEN, "another request with this Idempotency-Key was accepted; try again");
        }
    }
}
