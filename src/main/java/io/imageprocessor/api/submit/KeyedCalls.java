package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.io.IOException;
import lombok.RequiredArgsConstructor;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Makes a request with an idempotency key create one job, however often a client sends it. Thread-safe. */
@Component
@RequiredArgsConstructor
class KeyedCalls {

    private final IdempotencyKeys keys;

    /**
     * What messages to clients name.
     *
     * @param call the call, without an article
     * @param otherRequest a request that differs from the one that used the key
     */
    record Words(String call, String otherRequest) {}

    /** A request that creates a job. One of its first two methods is called, once. */
    interface Call {

        /** Reads the request and creates the job with a key that was granted to it. */
        JobId create(String key) throws IOException;

        /** Reads the request to its end and returns its digest. */
        String fingerprint() throws IOException;

        /** Returns the names of the call in messages. */
        Words words();
    }

    /**
     * Creates the job, unless the same request with the same key has created it.
     *
     * @param key the key that the client chose, and what it belongs to
     * @throws RejectedException 409 while another request with this key is being read, 422 if the key was used for
     *     another request
     * @throws SubmissionRejectedException if another replica granted the key meanwhile and its request was accepted
     */
    Accepted accept(String key, Call call) throws IOException {
        return switch (keys.claim(key)) {
            case IdempotencyClaim.Granted claim -> new Accepted(acceptFirst(claim, call), false);
            case IdempotencyClaim.InFlight() ->
                throw new RejectedException(
                        HttpStatus.CONFLICT,
                        "a " + call.words().call() + " with this Idempotency-Key is being read; try again later");
            case IdempotencyClaim.Used(IdempotencyKey first, JobId jobId) -> {
                if (!call.fingerprint().equals(first.fingerprint())) {
                    throw new RejectedException(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "this Idempotency-Key was used for " + call.words().otherRequest());
                }
                yield new Accepted(jobId, true);
            }
        };
    }

    private JobId acceptFirst(IdempotencyClaim.Granted claim, Call call) throws IOException {
        boolean accepted = false;
        try {
            JobId id = call.create(claim.key());
            accepted = true;
            return id;
        } catch (SubmissionRejectedException e) {
            throw e.reason() == Reason.OVERTAKEN ? overtaken(call) : e;
        } finally {
            // After any failure, an OutOfMemoryError included, the client may use the key again.
            if (accepted) {
                keys.end(claim);
            } else {
                keys.release(claim);
            }
        }
    }

    /** The storage does not know which call the key belongs to. */
    private static SubmissionRejectedException overtaken(Call call) {
        return new SubmissionRejectedException(
                Reason.OVERTAKEN,
                "another " + call.words().call() + " with this Idempotency-Key was accepted; try again");
    }
}
