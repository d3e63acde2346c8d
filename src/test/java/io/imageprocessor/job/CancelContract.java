package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it means to cancel a job, in every {@link JobStore}. */
public abstract class CancelContract extends StorageFixture {

    @Test
    void cancelsWhatIsPendingOrRunningAndKeepsTheRest() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3")
                .visit("S2", "http://a/4"));
        work(job, 0, SUCCEEDED);
        work(job, 1, FAILED);
        store.start(job.id(), 2);
        clock.advance(Duration.ofSeconds(5));

        assertThat(store.cancel(job.id())).isTrue();

        assertThat(status(job).state()).isEqualTo(JobState.CANCELLED);
        assertThat(status(job).counts()).isEqualTo(new JobCounts(5, 0, 0, 1, 2, 2));
        assertThat(status(job).finishedAt()).contains(clock.instant());
        assertThat(images(job, ImageFilter.ANY, 0, 10))
                .extracting(JobImage::state)
                .containsExactly(
                        ImageState.SUCCEEDED,
                        ImageState.FAILED,
                        ImageState.CANCELLED,
                        ImageState.FAILED,
                        ImageState.CANCELLED);
        assertThat(report(job).failedStores())
                .containsExactly(
                        new FailedStore("S1", FailureCode.TIMEOUT, "no answer in time", 1, 1, 3),
                        new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1),
                        new FailedStore("S2", FailureCode.CANCELLED, "the job was cancelled", 0, 1, 1));
        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(0, 0));
    }

    @Test
    void tellsEachOfManyStoresHowManyOfItsImagesWereCancelled() {
        Jobs jobs = Jobs.job(1);
        for (int visit = 0; visit < 400; visit++) {
            jobs.visit(visit % 2 == 0 ? "S1" : "unknown " + visit % 100, "http://a/0", "http://a/1");
        }
        jobs.visit("S2", "http://a/2");
        Job job = saved(jobs);
        // Around the borders of what is worked on together.
        for (int image : new int[] {0, 1, 16, 17, 272, 273, 796}) {
            work(job, image, SUCCEEDED);
        }
        work(job, 797, FAILED);

        store.cancel(job.id());

        assertThat(report(job).failedStores())
                .hasSize(52)
                .startsWith(new FailedStore("S1", FailureCode.TIMEOUT, "no answer in time", 1, 392, 400))
                .endsWith(new FailedStore("S2", FailureCode.CANCELLED, "the job was cancelled", 0, 1, 1))
                .filteredOn(store -> store.storeId().startsWith("unknown"))
                .allSatisfy(store -> {
                    assertThat(store.failed()).isEqualTo(8);
                    assertThat(store.cancelled()).isZero();
                });
    }

    @Test
    void startsAndRecordsNothingOfACancelledJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        store.start(job.id(), 0);
        store.cancel(job.id());
        JobStatus cancelled = status(job);

        assertThat(store.record(job.id(), 0, SUCCEEDED)).isNull();
        assertThat(store.start(job.id(), 1)).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void cancelsAJobOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        assertThat(store.cancel(job.id())).isTrue();
        JobStatus cancelled = status(job);
        clock.advance(Duration.ofSeconds(5));

        assertThat(store.cancel(job.id())).isFalse();
        assertThat(store.cancel(new JobId(99))).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void refusesToCancelAJobThatHasEndedByItselfAndNamesItsState() {
        Job completed = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(completed, 0, SUCCEEDED);
        Job failed = saved(Jobs.job(2).visit("unknown", "http://a/0"));

        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> store.cancel(completed.id()))
                .withMessage("job 1 is completed and cannot be cancelled");
        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> store.cancel(failed.id()))
                .withMessage("job 2 is failed and cannot be cancelled");
        assertThat(status(completed).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void forgetsACancelledJobWhenItsRetentionIsOver() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        store.cancel(job.id());

        clock.advance(Duration.ofHours(1));

        assertThat(queries.status(job.id())).isEmpty();
        assertThat(store.cancel(job.id())).isFalse();
    }

    @Test
    void losesNoImageBetweenACancelAndTheResultsThatRaceWithIt() throws Exception {
        int images = 500;
        Job job = saved(Jobs.job(1)
                .visit(
                        "S1",
                        IntStream.range(0, images)
                                .mapToObj(i -> "http://a/" + i)
                                .toList()));
        AtomicInteger recorded = new AtomicInteger();
        AtomicInteger cancels = new AtomicInteger();
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            // The last image is left alone, so that the job cannot end before it is cancelled.
            for (int index = 0; index < images - 1; index++) {
                int image = index;
                workers.execute(() -> {
                    if (store.start(job.id(), image) && store.record(job.id(), image, SUCCEEDED) != null) {
                        recorded.incrementAndGet();
                    }
                });
                if (index == images / 2) {
                    for (int i = 0; i < 2; i++) {
                        workers.execute(() -> cancels.addAndGet(store.cancel(job.id()) ? 1 : 0));
                    }
                }
            }
        }

        assertThat(cancels).hasValue(1);
        assertThat(status(job).counts())
                .isEqualTo(new JobCounts(images, 0, 0, recorded.get(), 0, images - recorded.get()));
    }
}
