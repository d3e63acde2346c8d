package io.imageprocessor.api.submit;

import io.imageprocessor.api.CallTrace;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import lombok.RequiredArgsConstructor;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Creates a job from the body of a submission. If the same body was accepted with the same key before, returns that job
 * instead. Thread-safe.
 */
@Component
@RequiredArgsConstructor
class Submissions {

    private final JobService jobs;
    private final IdempotencyKeys keys;
    private final SubmissionReader reader;

    /**
     * An accepted job.
     *
     * @param replayed whether an earlier submission created the job
     */
    record Accepted(JobId jobId, boolean replayed) {}

    /** Accepts a submission without a key. */
    Accepted accept(InputStream body) throws IOException {
        try (JobDraft draft = draft()) {
            reader.read(body, draft);
            return new Accepted(jobs.submit(draft), false);
        }
    }

    /**
     * Accepts a submission with a key.
     *
     * @throws RejectedException 409 while another submission with this key is being read, 422 if the key was used for
     *     another body
     */
    Accepted accept(String key, InputStream body) throws IOException {
        DigestInputStream digested = new DigestInputStream(body, sha256());
        return switch (keys.claim(key)) {
            case IdempotencyClaim.Granted claim -> new Accepted(acceptFirst(claim, digested), false);
            case IdempotencyClaim.InFlight() ->
                throw new RejectedException(
                        HttpStatus.CONFLICT, "a submission with this Idempotency-Key is being read; try again later");
            case IdempotencyClaim.Used(IdempotencyKey first, JobId jobId) -> {
                digested.transferTo(OutputStream.nullOutputStream());
                if (!fingerprint(digested).equals(first.fingerprint())) {
                    throw new RejectedException(
                            HttpStatus.UNPROCESSABLE_CONTENT, "this Idempotency-Key was used for another body");
                }
                yield new Accepted(jobId, true);
            }
        };
    }

    private JobId acceptFirst(IdempotencyClaim.Granted claim, DigestInputStream body) throws IOException {
        boolean accepted = false;
        try (JobDraft draft = draft()) {
            reader.read(body, draft);
            draft.key(new IdempotencyKey(claim.key(), fingerprint(body)));
            JobId id = jobs.submit(draft);
            accepted = true;
            return id;
        } finally {
            // After any failure, errors of the JVM included, the client may use the key again.
            if (!accepted) {
                keys.release(claim);
            }
        }
    }

    private JobDraft draft() {
        JobDraft draft = jobs.draft();
        CallTrace.current().ifPresent(draft::traceParent);
        return draft;
    }

    /** Returns the digest of a body that was read to its end. */
    private static String fingerprint(DigestInputStream body) {
        return HexFormat.of().formatHex(body.getMessageDigest().digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
