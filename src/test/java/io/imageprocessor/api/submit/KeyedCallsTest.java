package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import org.junit.jupiter.api.Test;

/** What the messages about a key name: the call that the key belongs to. */
class KeyedCallsTest {

    private static final IdempotencyClaim.Granted GRANTED = IdempotencyClaim.Granted.of("k");

    private final IdempotencyKeys keys = mock();
    private final KeyedCalls calls = new KeyedCalls(keys);

    @Test
    void namesTheCallThatIsBeingRead() {
        when(keys.claim("k")).thenReturn(new IdempotencyClaim.InFlight());

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> calls.accept("k", new RejectedRetry(Reason.FULL)))
                .withMessage("a retry of this job with this Idempotency-Key is being read; try again later");
    }

    @Test
    void namesTheCallThatWasOvertaken() {
        when(keys.claim("k")).thenReturn(GRANTED);

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> calls.accept("k", new RejectedRetry(Reason.OVERTAKEN)))
                .withMessage("another retry of this job with this Idempotency-Key was accepted; try again")
                .matches(rejection -> rejection.reason() == Reason.OVERTAKEN);
        verify(keys).release(GRANTED);
    }

    @Test
    void passesOtherRejectionsOn() {
        when(keys.claim("k")).thenReturn(GRANTED);

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> calls.accept("k", new RejectedRetry(Reason.FULL)))
                .withMessage("expected by this test");
        verify(keys).release(GRANTED);
    }

    private record RejectedRetry(Reason reason) implements KeyedCalls.Call {

        @Override
        public JobId create(String key) {
            throw new SubmissionRejectedException(reason, "expected by this test");
        }

        @Override
        public String fingerprint() {
            return "fingerprint";
        }

        @Override
        public KeyedCalls.Words words() {
            return new KeyedCalls.Words("retry of this job", "a retry of this job with another body");
        }
    }
}
