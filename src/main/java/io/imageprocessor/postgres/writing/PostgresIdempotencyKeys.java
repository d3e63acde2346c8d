package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.PostgresTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Keeps idempotency keys for all replicas: the database grants each key to one of several concurrent claims.
 * Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public final class PostgresIdempotencyKeys implements IdempotencyKeys {

    /**
     * How long a claim holds a key. Reading a submission takes at most five minutes, and saving it some seconds; after
     * that, the key of a dead replica can be claimed again.
     */
    static final Duration CLAIM_DURATION = Duration.ofMinutes(6);

    private static final Duration RETENTION = Duration.ofHours(24);

    private final Database database;
    private final Clock clock;
    private final GuardedTask releasing =
            new GuardedTask("releasing idempotency keys", StorageUnavailableException.class::isInstance);

    /** Claims to release later: few, because there are no new claims while the database is unavailable. */
    private final Queue<IdempotencyClaim.Granted> unreleased = new ConcurrentLinkedQueue<>();

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
        IdempotencyClaim.Granted claim = new IdempotencyClaim.Granted(key, now.plus(CLAIM_DURATION));
        try {
            int granted = database.execute(jdbc ->
                    jdbc.update("""
                    INSERT INTO submission_key AS k (key, free_at) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET free_at = excluded.free_at, fingerprint = NULL, job_id = NULL
                    WHERE k.free_at <= ?
                    """, PostgresText.of(key), PostgresTime.of(claim.until()), PostgresTime.of(now)));
            return granted == 1 ? Optional.of(claim) : Optional.empty();
        } catch (StorageUnavailableException e) {
            // The claim may have been granted: the outcome of the statement is unknown.
            unreleased.add(claim);
            throw e;
        }
    }

    @Override
    public void release(IdempotencyClaim.Granted claim) {
        unreleased.add(claim);
        releaseAll();
    }

    /** Releases the keys that could not be released while the database was unavailable. */
    @Scheduled(fixedDelayString = "PT1S")
    void releaseKeys() {
        releasing.run(this::releaseAll);
    }

    private void releaseAll() {
        IdempotencyClaim.Granted claim = unreleased.poll();
        while (claim != null && isReleased(claim)) {
            claim = unreleased.poll();
        }
        if (claim != null) {
            unreleased.add(claim);
        }
    }

    private boolean isReleased(IdempotencyClaim.Granted claim) {
        try {
            database.execute(jdbc -> jdbc.update(
                    "DELETE FROM submission_key WHERE key = ? AND free_at = ? AND job_id IS NULL",
                    PostgresText.of(claim.key()),
                    PostgresTime.of(claim.until())));
            return true;
        } catch (StorageUnavailableException e) {
            log.debug("idempotency key is released later", e);
            return false;
        }
    }

    /**
     * Marks a claimed key as used by a job, in the transaction that saves the job.
     *
     * @throws SubmissionRejectedException if the claim has expired and another submission used the key
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
                    Reason.OVERTAKEN, "another submission with this Idempotency-Key was accepted; try again");
        }
    }
}
