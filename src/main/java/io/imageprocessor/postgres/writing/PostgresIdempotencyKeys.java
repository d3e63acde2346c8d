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
import io.imageprocessor.postgres.reading.JobRowMapper;
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
 * The keys of submissions, as all replicas see them: of those who claim a key at once the database lets one be first.
 * Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public final class PostgresIdempotencyKeys implements IdempotencyKeys {

    /**
     * A submission takes five minutes to be read at the most, and some seconds to be kept: the key of a replica that
     * has died comes free after that.
     */
    static final Duration CLAIMED = Duration.ofMinutes(6);

    private static final Duration REMEMBERED = Duration.ofHours(24);

    private final Database database;
    private final Clock clock;
    private final GuardedTask releasing =
            new GuardedTask("releasing idempotency keys", StorageUnavailableException.class::isInstance);

    /** Of claims whose statement failed: few, since while the database is away there are no new ones. */
    private final Queue<IdempotencyClaim.Granted> unreleased = new ConcurrentLinkedQueue<>();

    @Override
    public IdempotencyClaim claim(String key) {
        releaseAll();
        while (true) {
            // Asked first, and apart: a statement that writes would wait for a transaction that uses the key.
            Optional<IdempotencyClaim> claim = holder(key).or(() -> grant(key));
            // Else somebody else came between the two statements.
            if (claim.isPresent()) {
                return claim.get();
            }
        }
    }

    private Optional<IdempotencyClaim> holder(String key) {
        List<IdempotencyClaim> holders = database.with(jdbc -> jdbc.query(
                "SELECT fingerprint, job_id FROM submission_key WHERE key = ? AND free_at > ?",
                (row, _) -> {
                    Long jobId = row.getObject("job_id", Long.class);
                    return jobId == null
                            ? new IdempotencyClaim.InFlight()
                            : new IdempotencyClaim.Used(
                                    new IdempotencyKey(key, row.getString("fingerprint")), new JobId(jobId));
                },
                PostgresText.of(key),
                JobRowMapper.utc(clock.instant())));
        return holders.stream().findFirst();
    }

    private Optional<IdempotencyClaim> grant(String key) {
        Instant now = clock.instant();
        IdempotencyClaim.Granted claim = new IdempotencyClaim.Granted(key, now.plus(CLAIMED));
        try {
            int granted = database.with(jdbc ->
                    jdbc.update("""
                    INSERT INTO submission_key AS k (key, free_at) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET free_at = excluded.free_at, fingerprint = NULL, job_id = NULL
                    WHERE k.free_at <= ?
                    """, PostgresText.of(key), JobRowMapper.utc(claim.until()), JobRowMapper.utc(now)));
            return granted == 1 ? Optional.of(claim) : Optional.empty();
        } catch (StorageUnavailableException e) {
            // It may have been granted all the same.
            unreleased.add(claim);
            throw e;
        }
    }

    @Override
    public void release(IdempotencyClaim.Granted claim) {
        unreleased.add(claim);
        releaseAll();
    }

    /** Releases the keys that could not be released while the database was away. */
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
            database.with(jdbc -> jdbc.update(
                    "DELETE FROM submission_key WHERE key = ? AND free_at = ? AND job_id IS NULL",
                    PostgresText.of(claim.key()),
                    JobRowMapper.utc(claim.until())));
            return true;
        } catch (StorageUnavailableException e) {
            log.debug("a key is given back later", e);
            return false;
        }
    }

    /**
     * Turns the claim to a key into its use, in the transaction that keeps the job.
     *
     * @throws SubmissionRejectedException if the claim had run out and another submission was faster
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
                JobRowMapper.utc(now.plus(REMEMBERED)),
                key.fingerprint(),
                jobId.value(),
                JobRowMapper.utc(now));
        if (used == 0) {
            throw new SubmissionRejectedException(
                    Reason.OVERTAKEN, "another submission with this Idempotency-Key was accepted; try again");
        }
    }
}
