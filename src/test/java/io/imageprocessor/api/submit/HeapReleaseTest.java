package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.JobTooLargeException;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.memory.InMemoryStorage;
import io.imageprocessor.stores.StoreMaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of a submission return to the budget, in whatever way it ends. */
class HeapReleaseTest {

    private static final Duration RETENTION = Duration.ofHours(1);
    private static final JobSettings SETTINGS = new JobSettings(10_000, 1_000_000, RETENTION, 1_000_000);
    private static final int MANY = 5_000;

    /** A little more than a job of {@link #MANY} images needs. */
    private final HeapBudget budget = new HeapBudget(800_000);

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final JobQueue queue = mock();
    private final Storage memory = InMemoryStorage.of(SETTINGS, budget, clock);

    HeapReleaseTest() {
        when(queue.backlog()).thenReturn(Jobs.unlimitedBacklog());
    }

    @Test
    void releasesBytesOfExpiredJob() throws IOException {
        JobId id = accept(memory, job(MANY));
        assertThat(budget.reserved()).isBetween(100L * MANY, 110L * MANY);

        assertReleasedAtTheEnd(id);
    }

    @Test
    void releasesBytesOfCancelledJob() throws IOException {
        JobId id = accept(memory, job(MANY));
        long ongoing = budget.reserved();

        Jobs.service(new StoreMaster(() -> Jobs.STORES), memory, queue, SETTINGS, clock, budget)
                .cancel(id);

        assertThat(budget.reserved()).isBetween(70L * MANY, ongoing - 20L * MANY);
        assertReleasedAtTheEnd(id);
    }

    @Test
    void releasesBytesOfEvictedJob() throws IOException {
        JobId finished = accept(memory, job(MANY).replace("S1", "unknown"));
        JobId next = accept(memory, job(MANY));

        assertThat(memory.queries().status(finished)).isEmpty();
        assertThat(budget.reserved()).isBetween(100L * MANY, 110L * MANY);
        assertReleasedAtTheEnd(next);
    }

    @Test
    void releasesBytesOfSubmissionWithoutRoomBesideOtherJobs() throws IOException {
        JobId other = accept(memory, job(MANY));
        long before = budget.reserved();

        assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> accept(memory, job(MANY)));

        assertThat(budget.reserved()).isEqualTo(before);
        assertReleasedAtTheEnd(other);
    }

    @Test
    void releasesBytesOfSubmissionThatTheBacklogRejects() {
        Backlog full = mock();
        doThrow(new SubmissionRejectedException(Reason.FULL, "expected by this test"))
                .when(full)
                .reserve(1);
        when(queue.backlog()).thenReturn(full);

        assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> accept(memory, job(1)));

        assertThat(budget.reserved()).isZero();
    }

    @Test
    void releasesBytesOfSubmissionThatIsTooLarge() {
        assertThatExceptionOfType(JobTooLargeException.class).isThrownBy(() -> accept(memory, job(2 * MANY)));

        assertThat(budget.reserved()).isZero();
    }

    @Test
    void releasesBytesOfMalformedSubmission() {
        String job = job(MANY);

        for (String malformed : new String[] {
            job.substring(0, job.length() / 2),
            job + "]",
            job.replace("\"count\":1", "\"count\":2"),
            job.replace("-12-", "-13-")
        }) {
            assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> accept(memory, malformed));
            assertThat(budget.reserved()).isZero();
        }
    }

    @Test
    void releasesBytesOfSubmissionWhoseClientDisconnects() {
        String job = job(MANY);
        InputStream disconnected = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("expected by this test");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> submissions(memory)
                        .accept(new SequenceInputStream(body(job.substring(0, job.length() / 2)), disconnected)));

        assertThat(budget.reserved()).isZero();
    }

    @Test
    void reservesNoBytesForSubmissionWhoseKeyWasUsed() throws IOException {
        Submissions submissions = submissions(memory);
        JobId id = submissions.accept("key", body(job(MANY))).jobId();
        long before = budget.reserved();

        assertThat(submissions.accept("key", body(job(MANY))).jobId()).isEqualTo(id);
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> submissions.accept("key", body(job(MANY - 1))));

        assertThat(budget.reserved()).isEqualTo(before);
        assertReleasedAtTheEnd(id);
    }

    @Test
    void reservesNoBytesForSubmissionWhoseKeyIsInFlight() {
        memory.keys().claim("key");

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> submissions(memory).accept("key", body(job(MANY))));

        assertThat(budget.reserved()).isZero();
    }

    @Test
    void releasesBytesOfSubmissionThatWasOvertaken() {
        JobStore store = database();
        doThrow(new SubmissionRejectedException(Reason.OVERTAKEN, "expected by this test"))
                .when(store)
                .save(any(), any());
        Storage storage = new Storage(store, memory.queries(), memory.keys());

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> submissions(storage).accept("key", body(job(MANY))));

        assertThat(budget.reserved()).isZero();
    }

    @Test
    void releasesBytesOfJobThatIsSavedInADatabase() throws IOException {
        accept(new Storage(database(), memory.queries(), memory.keys()), job(MANY));

        assertThat(budget.reserved()).isZero();
    }

    /** Returns a store that keeps no job in the heap. */
    private static JobStore database() {
        JobStore store = mock();
        when(store.nextId()).thenReturn(new JobId(1));
        return store;
    }

    /** The job is removed when its retention is over. */
    private void assertReleasedAtTheEnd(JobId id) {
        memory.store().cancel(id);
        clock.advance(RETENTION);
        assertThat(memory.queries().status(id)).isEmpty();
        assertThat(budget.reserved()).isZero();
    }

    private JobId accept(Storage storage, String job) throws IOException {
        return submissions(storage).accept(body(job)).jobId();
    }

    private Submissions submissions(Storage storage) {
        return new Submissions(
                Jobs.service(new StoreMaster(() -> Jobs.STORES), storage, queue, SETTINGS, clock, budget),
                new KeyedCalls(storage.keys()),
                new SubmissionReader());
    }

    private static InputStream body(String job) {
        return new ByteArrayInputStream(job.getBytes(UTF_8));
    }

    private static String job(int images) {
        return IntStream.range(0, images)
                .mapToObj("\"http://photos.example/%06d\""::formatted)
                .collect(Collectors.joining(
                        ",",
                        "{\"count\":1,\"visits\":[{\"store_id\":\"S1\",\"image_url\":[",
                        "],\"visit_time\":\"2025-12-31\"}]}"));
    }
}
