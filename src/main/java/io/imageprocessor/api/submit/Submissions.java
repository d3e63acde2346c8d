package io.imageprocessor.api.submit;

import io.imageprocessor.api.CallTrace;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import java.io.IOException;
import java.io.InputStream;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/**
 * Creates a job from the body of a submission. If the same body was accepted with the same key before, returns that job
 * instead. Thread-safe.
 */
@Component
@RequiredArgsConstructor
class Submissions {

    private static final KeyedCalls.Words WORDS = new KeyedCalls.Words("submission", "another body");

    private final JobService jobs;
    private final KeyedCalls keyedCalls;
    private final SubmissionReader reader;

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
     * @param key the key as the client sent it: both paths of the call share it
     * @throws RejectedException as {@link KeyedCalls#accept}
     */
    Accepted accept(String key, InputStream body) throws IOException {
        return keyedCalls.accept(key, new Submission(new DigestedBody(body)));
    }

    @RequiredArgsConstructor
    private final class Submission implements KeyedCalls.Call {

        private final DigestedBody body;

        @Override
        public JobId create(String key) throws IOException {
            try (JobDraft draft = draft()) {
                reader.read(body.stream(), draft);
                draft.key(new IdempotencyKey(key, body.fingerprint()));
                return jobs.submit(draft);
            }
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

    private JobDraft draft() {
        JobDraft draft = jobs.draft();
        CallTrace.current().ifPresent(draft::traceParent);
        return draft;
    }
}
