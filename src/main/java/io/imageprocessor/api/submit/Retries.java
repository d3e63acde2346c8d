package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.api.CallTrace;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/**
 * Retries jobs. A retry with an idempotency key that created a job before returns that job instead. Thread-safe.
 *
 * <p>A retry needs no body, and without a key none is read. With a key, the body belongs to the fingerprint, so it is
 * read under the limits of a submission.
 */
@Component
@RequiredArgsConstructor
public class Retries {

    private static final KeyedCalls.Words WORDS =
            new KeyedCalls.Words("retry of this job", "a retry of this job with another body");

    private final JobService jobs;
    private final KeyedCalls keyedCalls;
    private final UploadLimiter uploads;
    private final ApiSettings settings;

    /**
     * Submits the failed images of a job as a new job.
     *
     * @throws RejectedException 404 if the job is unknown, 400 if the key is invalid, otherwise as
     *     {@link KeyedCalls#accept}
     */
    public Accepted accept(JobId failed, HttpServletRequest request) throws IOException {
        Optional<String> key = IdempotencyKeyHeader.of(request);
        if (key.isEmpty()) {
            return new Accepted(retry(failed, Optional.empty()), false);
        }
        try (UploadLimiter.Permit _ = uploads.acquire();
                InputStream body = SubmissionBody.limited(request.getInputStream(), settings.maxRequestBytes())) {
            return keyedCalls.accept(storedKey(failed, key.get()), new Retry(failed, body));
        }
    }

    /** Returns a key of this job's retries only. No key of a client has a space, so no submission can use it. */
    static String storedKey(JobId failed, String key) {
        return "retry " + failed + " " + key;
    }

    private JobId retry(JobId failed, Optional<IdempotencyKey> key) {
        return jobs.retry(failed, CallTrace.current(), key).orElseThrow(RejectedException::unknownJob);
    }

    private final class Retry implements KeyedCalls.Call {

        private final JobId failed;
        private final DigestedBody body;

        Retry(JobId failed, InputStream body) {
            this.failed = failed;
            this.body = new DigestedBody(body).after(("/api/jobs/" + failed + "/retry\n").getBytes(US_ASCII));
        }

        @Override
        public JobId create(String key) throws IOException {
            return retry(failed, Optional.of(new IdempotencyKey(key, body.readToEnd())));
        }

        @Override
        public String fingerprint() throws IOException {
            return body.readToEnd();
        }

        @Override
        public KeyedCalls.Words words() {
            return WORDS;
        }
    }
}
