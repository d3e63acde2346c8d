package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.stores.StoreMaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubmissionsTest {

    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S1", "image_url": ["http://a/1"], "visit_time": "2023-03-15"}]}""";

    /** The output of {@code sha256sum} for the text {@code abc}. */
    private static final String SHA_256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final IdempotencyClaim.Granted GRANTED = IdempotencyClaim.Granted.of("k");

    private final JobStore store = mock();
    private final IdempotencyKeys keys = mock();
    private final Backlog backlog = mock();
    private final JobQueue queue = mock();
    private final Submissions submissions = new Submissions(
            Jobs.service(
                    new StoreMaster(() -> Jobs.STORES),
                    new Storage(store, mock(), keys),
                    queue,
                    new JobSettings(10, 10, Duration.ofHours(1), 10),
                    Clock.systemUTC()),
            new KeyedCalls(keys),
            new SubmissionReader());

    @BeforeEach
    void grantKeys() {
        when(queue.backlog()).thenReturn(backlog);
        when(store.nextId()).thenReturn(new JobId(7));
        when(keys.claim("k")).thenReturn(GRANTED);
    }

    @Test
    void storesTheKeyOfAnAcceptedSubmission() throws IOException {
        assertThat(submissions.accept("k", body(JOB))).isEqualTo(new Accepted(new JobId(7), false));

        verify(keys).end(GRANTED);
        verify(keys, never()).release(any());
    }

    @Test
    void releasesTheKeyAfterAnyError() {
        doThrow(StackOverflowError.class).when(store).save(any(), any());
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> submissions.accept("k", body(JOB)));
        verify(keys).release(GRANTED);
    }

    @Test
    void releasesTheKeyIfTheBacklogIsFull() {
        doThrow(SubmissionRejectedException.class).when(backlog).reserve(anyInt());
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> submissions.accept("k", body(JOB)));
        verify(keys).release(GRANTED);
    }

    @Test
    void doesNotParseARepeatedSubmission() throws IOException {
        IdempotencyKey used = new IdempotencyKey("k", SHA_256_OF_ABC);
        when(keys.claim("k")).thenReturn(new IdempotencyClaim.Used(used, new JobId(5)));

        assertThat(submissions.accept("k", body("abc"))).isEqualTo(new Accepted(new JobId(5), true));

        verify(backlog, never()).reserve(anyInt());
        verify(store, never()).save(any(), any());
        verify(keys, never()).release(any());
    }

    private static InputStream body(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
