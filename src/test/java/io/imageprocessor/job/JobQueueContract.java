package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link JobQueue} does. A subclass says how one is made and how its images are worked on. */
public abstract class JobQueueContract {

    protected static final int MAX_WAITING = 10;

    /** A queue that may hold {@link #MAX_WAITING} images. */
    protected abstract JobQueue queue();

    /** Lets everything that is queued be started and finished, and answers the indexes, in the order of their start. */
    protected abstract List<Integer> workThrough();

    @Test
    void handsOutEveryDownloadableImageOnce() {
        submit(Jobs.job(1).visit("S1", urls(3)).visit("unknown", urls(2)).visit("S2", urls(1)));

        assertThat(workThrough()).containsExactlyInAnyOrder(0, 1, 2, 5);
        assertThat(workThrough()).isEmpty();
    }

    @Test
    void refusesMoreThanItMayHoldAndKeepsNothingOfIt() {
        queue().backlog().reserve(MAX_WAITING);

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue().backlog().reserve(1));

        queue().backlog().release(1);
        queue().backlog().reserve(1);
    }

    @Test
    void hasRoomAgainOnceImagesWereStarted() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));
        workThrough();

        queue().backlog().reserve(MAX_WAITING);
    }

    @Test
    void takesAJobWithNothingToDownload() {
        submit(Jobs.job(1).visit("unknown", urls(2)));

        assertThat(workThrough()).isEmpty();
    }

    @Test
    void handsOutNoImageOfACancelledJobAndHasItsRoomAgain() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING - 2)));
        submit(Jobs.job(2).visit("S1", urls(2)));

        cancel(new JobId(1));

        assertThat(workThrough()).containsExactlyInAnyOrder(0, 1);
        queue().backlog().reserve(MAX_WAITING);
    }

    @Test
    void cancelsAJobOnce() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));

        cancel(new JobId(1));
        cancel(new JobId(1));

        queue().backlog().reserve(MAX_WAITING);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue().backlog().reserve(1));
    }

    @Test
    void hasNothingToCancelOfAJobThatItDoesNotHold() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        workThrough();
        submit(Jobs.job(2).visit("S1", urls(3)));

        cancel(new JobId(1));
        cancel(new JobId(99));

        assertThat(workThrough()).containsExactlyInAnyOrder(0, 1, 2);
        queue().backlog().reserve(MAX_WAITING);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue().backlog().reserve(1));
    }

    protected void submit(Jobs jobs) {
        Job job = jobs.build();
        queue().backlog().reserve(job.downloadableImages());
        accept(job);
    }

    /** Hands over a job for which room was reserved; a queue that works from what is kept has it kept before. */
    protected void accept(Job job) {
        queue().enqueue(job);
        queue().backlog().accepted(job.downloadableImages());
    }

    /** Has the queue forget a job that was cancelled where it is kept. */
    protected void cancel(JobId id) {
        queue().cancel(id);
    }

    protected static List<String> urls(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://a/" + i).toList();
    }
}
