package io.imageprocessor.postgres;

import io.imageprocessor.job.JobId;
import io.imageprocessor.job.KeyClaim;
import io.imageprocessor.job.SubmissionKey;
import io.imageprocessor.job.SubmissionRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The keys of submissions, as all replicas see them: of those who claim a key at once the database lets one be first.
 * Thread-safe.
 */
@RequiredArgsConstructor
final class PostgresSubmissionKeys {

    /** Longer than a submission may take to be read: the key of a replica that has died comes free after that. */
    static final Duration CLAIMED = Duration.ofMinutes(10);

    private static final Duration REMEMBERED = Duration.ofHours(24);

    private final Database database;
    private final Clock clock;

    KeyClaim claim(String key) {
        while (true) {
            Optional<KeyClaim> claim = database.with(jdbc -> grant(jdbc, key) ? granted() : holder(jdbc, key));
            // Else it was given back between the two statements.
            if (claim.isPresent()) {
                return claim.get();
            }
        }
    }

    private static Optional<KeyClaim> granted() {
        return Optional.of(new KeyClaim.Granted());
    }

    private boolean grant(JdbcTemplate jdbc, String key) {
        Instant now = clock.instant();
        int granted = jdbc.update("""
                INSERT INTO submission_key AS k (key, free_at) VALUES (?, ?)
                ON CONFLICT (key) DO UPDATE SET free_at = excluded.free_at, fingerprint = NULL, job_id = NULL
                WHERE k.free_at <= ?
                """, PostgresText.of(key), JobRows.utc(now.plus(CLAIMED)), JobRows.utc(now));
        return granted == 1;
    }

    private static Optional<KeyClaim> holder(JdbcTemplate jdbc, String key) {
        List<KeyClaim> holders = jdbc.query(
                "SELECT fingerprint, job_id FROM submission_key WHERE key = ?",
                (row, _) -> {
                    Long jobId = row.getObject("job_id", Long.class);
                    return jobId == null
                            ? new KeyClaim.InFlight()
                            : new KeyClaim.Used(new SubmissionKey(key, row.getString("fingerprint")), new JobId(jobId));
                },
                PostgresText.of(key));
        return holders.stream().findFirst();
    }

    /** Gives a key back, unless it was used. */
    void release(String key) {
        database.with(jdbc ->
                jdbc.update("DELETE FROM submission_key WHERE key = ? AND job_id IS NULL", PostgresText.of(key)));
    }

    /**
     * Turns the claim to a key into its use, in the transaction that keeps the job.
     *
     * @throws SubmissionRefusedException if the claim had run out and another submission was faster
     */
    static void use(JdbcTemplate jdbc, SubmissionKey key, JobId jobId, Instant now) {
        int used = jdbc.update(
                """
                INSERT INTO submission_key AS k (key, free_at, fingerprint, job_id) VALUES (?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET free_at = excluded.free_at, fingerprint = excluded.fingerprint, job_id = excluded.job_id
                WHERE k.job_id IS NULL OR k.free_at <= ?
                """,
                PostgresText.of(key.value()),
                JobRows.utc(now.plus(REMEMBERED)),
                key.fingerprint(),
                jobId.value(),
                JobRows.utc(now));
        if (used == 0) {
            throw new SubmissionRefusedException(
                    "another submission with this Idempotency-Key was accepted; try again");
        }
    }
}
