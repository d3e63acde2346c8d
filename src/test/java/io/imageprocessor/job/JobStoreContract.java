package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link JobStore}, which every implementation runs. */
public abstract class JobStoreContract extends StorageFixture {

    @Test
    void returnsUniqueIds() {
        Set<JobId> ids = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 1_000).parallel().forEach(_ -> ids.add(store.nextId()));

        assertThat(ids).hasSize(1_000);
    }

    @Test
    void savesANewJobAsOngoing() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1", "http://a/2").visit("unknown", "http://a/3"));

        assertThat(queries.status(job.id())).hasValueSatisfying(status -> {
            assertThat(status.id()).isEqualTo(job.id());
            assertThat(status.state()).isEqualTo(JobState.ONGOING);
            assertThat(status.counts()).isEqualTo(new JobCounts(3, 2, 0, 0, 1, 0));
            assertThat(status.submittedAt()).isEqualTo(Jobs.SUBMITTED_AT);
            assertThat(status.finishedAt()).isEmpty();
        });
    }

    @Test
    void storesTheSpanOfTheSubmission() {
        String span = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Job traced = saved(Jobs.job(1).visit("S1", "http://a/0").traceParent(span));
        Job untraced = saved(Jobs.job(2).visit("S1", "http://a/0"));

        assertThat(status(traced).metadata().traceParent()).contains(new TraceParent(span));
        assertThat(status(untraced).metadata().traceParent()).isEmpty();
    }

    @Test
    void savesNothingIfEnqueueingFails() {
        IdempotencyKey key = new IdempotencyKey("k", "fingerprint");
        IdempotencyClaim.Granted claim = (IdempotencyClaim.Granted) keys.claim("k");
        Job first = saved(Jobs.job(1).visit("unknown", "http://a/0"));
        Job job = Jobs.job(2).retryOf(1).visit("S1", "http://a/0").key(key).build();
        JobStatus before = status(first);

        assertThatIllegalStateException()
                .isThrownBy(() -> store.save(job, _ -> {
                    throw new IllegalStateException("expected by this test");
                }));

        assertThat(queries.status(job.id())).isEmpty();
        assertThat(queries.jobs(JobFilter.ANY, null, 10)).containsExactly(before);
        keys.release(claim);
        assertThat(keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void changesNothingForAnUnknownJob() {
        JobId unknown = new JobId(99);

        assertThat(queries.status(unknown)).isEmpty();
        assertThat(queries.images(unknown, ImageFilter.ANY, 0, 10)).isEmpty();
        assertThat(store.start(unknown, 0)).isFalse();
        assertThat(store.record(unknown, 0, SUCCEEDED)).isNull();
    }

    @Test
    void startsEachImageOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1"));

        assertThat(store.start(job.id(), 0)).isTrue();
        assertThat(store.start(job.id(), 0)).isFalse();
    }

    @Test
    void recordsOnlyTheFirstResultOfAnImage() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1"));
        store.start(job.id(), 0);

        assertThat(store.record(job.id(), 0, SUCCEEDED)).isEqualTo(SUCCEEDED);
        assertThat(store.record(job.id(), 0, FAILED)).isNull();

        assertThat(status(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(queries.images(job.id(), ImageFilter.ANY, 0, 1)
                        .orElseThrow()
                        .getFirst()
                        .result())
                .contains(SUCCEEDED);
    }

    @Test
    void finishesAJobWithItsLastResult() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1", "http://a/2"));
        clock.advance(Duration.ofSeconds(5));

        work(job, 0, FAILED);
        assertThat(status(job).state()).isEqualTo(JobState.ONGOING);

        work(job, 1, SUCCEEDED);
        assertThat(status(job).state()).isEqualTo(JobState.FAILED);
        assertThat(status(job).finishedAt()).contains(clock.instant());
        assertThat(report(job).failedStores())
                .containsExactly(new FailedStore("S1", FailureCode.TIMEOUT, "no answer in time", 1, 0, 2));
    }

    @Test
    void removesFinishedJobsAfterTheirRetention() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        clock.advance(Duration.ofHours(2));
        work(job, 0, SUCCEEDED);

        clock.advance(Duration.ofMinutes(59));
        assertThat(queries.status(job.id())).isPresent();

        clock.advance(Duration.ofMinutes(1));
        assertThat(queries.status(job.id())).isEmpty();
        assertThat(queries.images(job.id(), ImageFilter.ANY, 0, 1)).isEmpty();
    }

    @Test
    void neverRemovesOngoingJobs() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));

        clock.advance(Duration.ofDays(365));

        assertThat(queries.status(job.id())).isPresent();
    }

    @Test
    void keepsCountsConsistentUnderConcurrency() throws Exception {
        int images = 2_000;
        Job job = saved(Jobs.job(1).visit("S1", urls(images)));
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int index = 0; index < images; index++) {
                int image = index;
                // Each image is recorded twice; the second result must change nothing.
                for (ImageResult result : List.of(SUCCEEDED, FAILED)) {
                    workers.execute(() -> {
                        store.start(job.id(), image);
                        store.record(job.id(), image, result);
                    });
                }
            }
            while (status(job).state() == JobState.ONGOING) {
                JobCounts counts = status(job).counts();
                assertThat(counts.pending() + counts.running() + counts.succeeded() + counts.failed())
                        .isEqualTo(counts.total());
                assertThat(counts.pending()).isNotNegative();
                assertThat(counts.running()).isNotNegative();
            }
        }
        JobCounts counts = status(job).counts();
        assertThat(counts.succeeded() + counts.failed()).isEqualTo(images);
        assertThat(images(job, ImageFilter.ANY, 0, images))
                .filteredOn(image -> image.state() == ImageState.SUCCEEDED)
                .hasSize(counts.succeeded());
    }

    @Test
    void recordsWhenTheFirstImageWasStarted() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        clock.advance(Duration.ofSeconds(5));
        assertThat(status(job).startedAt()).isEmpty();

        store.start(job.id(), 1);
        clock.advance(Duration.ofSeconds(5));
        store.start(job.id(), 0);

        assertThat(status(job).startedAt()).contains(Jobs.SUBMITTED_AT.plusSeconds(5));
    }

    @Test
    void finishesAJobOfUnknownStoresAtOnce() {
        Job job = saved(Jobs.job(1).visit("unknown", "http://a/0"));

        assertThat(status(job).startedAt()).isEmpty();
        assertThat(status(job).finishedAt()).contains(Jobs.SUBMITTED_AT);
    }

    @Test
    void linksAJobToItsRetries() {
        Job job = saved(Jobs.job(1).visit("unknown", "http://a/0"));
        long version = status(job).version();

        Job first = saved(Jobs.job(2).retryOf(1).visit("unknown", "http://a/0"));
        Job second = saved(Jobs.job(3).retryOf(1).visit("S1", "http://a/0"));

        assertThat(status(job).retries()).containsExactly(first.id(), second.id());
        assertThat(status(job).version()).isGreaterThan(version);
        assertThat(status(first).metadata().retryOf()).contains(job.id());
        assertThat(status(first).retries()).isEmpty();
    }

    @Test
    void savesTheRetryOfAnUnknownJob() {
        Job retry = saved(Jobs.job(2).retryOf(1).visit("S1", "http://a/0"));

        assertThat(status(retry).metadata().retryOf()).contains(new JobId(1));
    }

    @Test
    void increasesTheVersionWithEveryChangeOnly() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));
        List<Long> versions = new ArrayList<>();
        versions.add(status(job).version());

        for (Runnable change : List.<Runnable>of(
                () -> store.start(job.id(), 0),
                () -> store.record(job.id(), 0, SUCCEEDED),
                () -> store.start(job.id(), 1),
                () -> store.record(job.id(), 1, FAILED),
                () -> store.cancel(job.id()))) {
            change.run();
            versions.add(status(job).version());
            change.run();
            assertThat(status(job).version()).isEqualTo(versions.getLast());
        }

        assertThat(versions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void cancelsPendingAndRunningImagesOnly() {
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
    void countsCancelledImagesOfEachStore() {
        Jobs jobs = Jobs.job(1);
        for (int visit = 0; visit < 400; visit++) {
            jobs.visit(visit % 2 == 0 ? "S1" : "unknown " + visit % 100, "http://a/0", "http://a/1");
        }
        jobs.visit("S2", "http://a/2");
        Job job = saved(jobs);
        // Around the boundaries of slices.
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
    void startsAndRecordsNothingAfterCancelling() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        store.start(job.id(), 0);
        store.cancel(job.id());
        JobStatus cancelled = status(job);

        assertThat(store.record(job.id(), 0, SUCCEEDED)).isNull();
        assertThat(store.start(job.id(), 1)).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void cancelsEachJobOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        assertThat(store.cancel(job.id())).isTrue();
        JobStatus cancelled = status(job);
        clock.advance(Duration.ofSeconds(5));

        assertThat(store.cancel(job.id())).isFalse();
        assertThat(store.cancel(new JobId(99))).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void rejectsCancellingAFinishedJobAndNamesItsState() {
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
    void removesCancelledJobsAfterTheirRetention() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        store.cancel(job.id());

        clock.advance(Duration.ofHours(1));

        assertThat(queries.status(job.id())).isEmpty();
        assertThat(store.cancel(job.id())).isFalse();
    }

    @Test
    void countsEveryImageIfResultsRaceWithCancelling() throws Exception {
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
            // The last image is never started, so that the job cannot finish before it is cancelled.
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
