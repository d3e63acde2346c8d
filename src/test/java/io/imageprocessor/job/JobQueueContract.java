package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link JobQueue}, which every implementation runs. */
public abstract class JobQueueContract {

    protected static final int MAX_WAITING = 10;

    /** Returns a queue whose backlog limit is {@link #MAX_WAITING} images. */
    protected abstract JobQueue queue();

    /** Processes all queued images and returns their indexes in the order of their start. */
    protected abstract List<Integer> processAll();

    @Test
    void startsEveryDownloadableImageOnce() {
        submit(Jobs.job(1).visit("S1", urls(3)).visit("unknown", urls(2)).visit("S2", urls(1)));

        assertThat(processAll()).containsExactlyInAnyOrder(0, 1, 2, 5);
        assertThat(processAll()).isEmpty();
    }

    @Test
    void releasesTheBacklogWhenImagesStart() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));
        processAll();

        queue().backlog().reserve(MAX_WAITING);
    }

    @Test
    void acceptsAJobWithoutDownloadableImages() {
        submit(Jobs.job(1).visit("unknown", urls(2)));

        assertThat(processAll()).isEmpty();
    }

    @Test
    void cancelRemovesImagesFromQueueAndBacklog() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING - 2)));
        submit(Jobs.job(2).visit("S1", urls(2)));

        cancel(new JobId(1));

        assertThat(processAll()).containsExactlyInAnyOrder(0, 1);
        queue().backlog().reserve(MAX_WAITING);
    }

    @Test
    void cancellingTwiceReleasesTheBacklogOnce() {
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));

        cancel(new JobId(1));
        cancel(new JobId(1));

        queue().backlog().reserve(MAX_WAITING);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue().backlog().reserve(1));
    }

    @Test
    void ignoresCancellingOfJobsThatItDoesNotHold() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        processAll();
        submit(Jobs.job(2).visit("S1", urls(3)));

        cancel(new JobId(1));
        cancel(new JobId(99));

        assertThat(processAll()).containsExactlyInAnyOrder(0, 1, 2);
        queue().backlog().reserve(MAX_WAITING);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue().backlog().reserve(1));
    }

    protected void submit(Jobs jobs) {
        Job job = jobs.build();
        queue().backlog().reserve(job.downloadableImages());
        accept(job);
    }

    /** Enqueues a job whose images are reserved. A queue that reads stored jobs overrides this to save it first. */
    protected void accept(Job job) {
        queue().enqueue(List.of(job));
        queue().backlog().accepted(job.downloadableImages());
    }

    /** Cancels a job in the queue. A queue that reads stored jobs overrides this to cancel it there first. */
    protected void cancel(JobId id) {
        queue().cancel(id);
    }

    protected static List<String> urls(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://a/" + i).toList();
    }
}
