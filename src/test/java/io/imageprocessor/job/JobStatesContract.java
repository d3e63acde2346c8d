package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How jobs and their images move on, in every {@link JobStore}. */
public abstract class JobStatesContract extends StorageFixture {

    @Test
    void neverGivesAnIdTwice() {
        Set<JobId> ids = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 1_000).parallel().forEach(_ -> ids.add(store.nextId()));

        assertThat(ids).hasSize(1_000);
    }

    @Test
    void tellsWhereANewJobStands() {
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
    void keepsTheSpanOfTheSubmission() {
        String span = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Job traced = saved(Jobs.job(1).visit("S1", "http://a/0").traceParent(span));
        Job untraced = saved(Jobs.job(2).visit("S1", "http://a/0"));

        assertThat(status(traced).metadata().traceParent()).contains(new TraceParent(span));
        assertThat(status(untraced).metadata().traceParent()).isEmpty();
    }

    @Test
    void keepsNothingOfAJobThatCannotBeHandedOver() {
        IdempotencyKey key = new IdempotencyKey("k", "fingerprint");
        IdempotencyClaim.Granted claim = (IdempotencyClaim.Granted) keys.claim("k");
        Job first = saved(Jobs.job(1).visit("unknown", "http://a/0"));
        Job job = Jobs.job(2).retryOf(1).visit("S1", "http://a/0").key(key).build();
        JobStatus before = status(first);

        assertThatIllegalStateException()
                .isThrownBy(() -> store.save(job, () -> {
                    throw new IllegalStateException("expected by this test");
                }));

        assertThat(queries.status(job.id())).isEmpty();
        assertThat(queries.jobs(JobFilter.ANY, null, 10)).containsExactly(before);
        keys.release(claim);
        assertThat(keys.claim("k")).isInstanceOf(IdempotencyClaim.Granted.class);
    }

    @Test
    void tellsWhereSeveralJobsStandAtOneLook() {
        Job first = saved(Jobs.job(1).visit("S1", "http://a/0"));
        Job second = saved(Jobs.job(2).visit("unknown", "http://a/0"));
        saved(Jobs.job(3).visit("S1", "http://a/0"));

        assertThat(queries.statuses(Set.of(first.id(), second.id(), new JobId(99))))
                .containsExactlyInAnyOrder(status(first), status(second));
        assertThat(queries.statuses(Set.of())).isEmpty();
    }

    @Test
    void knowsNothingOfAnUnknownJob() {
        JobId unknown = new JobId(99);

        assertThat(queries.status(unknown)).isEmpty();
        assertThat(queries.images(unknown, ImageFilter.ANY, 0, 10)).isEmpty();
        assertThat(store.start(unknown, 0)).isFalse();
        assertThat(store.record(unknown, 0, SUCCEEDED)).isNull();
    }

    @Test
    void startsAnImageOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1"));

        assertThat(store.start(job.id(), 0)).isTrue();
        assertThat(store.start(job.id(), 0)).isFalse();
    }

    @Test
    void keepsTheFirstResultOfAnImage() {
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
    void countsWhatIsUnfinished() {
        saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        Job finished = saved(Jobs.job(2).visit("S1", "http://a/0"));
        work(finished, 0, SUCCEEDED);

        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(1, 2));
    }

    @Test
    void forgetsAFinishedJobWhenItsRetentionIsOver() {
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
    void neverForgetsAnOngoingJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));

        clock.advance(Duration.ofDays(365));

        assertThat(queries.status(job.id())).isPresent();
    }

    @Test
    void addsUpAtEveryInstantWhileManyWork() throws Exception {
        int images = 2_000;
        Job job = saved(Jobs.job(1).visit("S1", urls(images)));
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int index = 0; index < images; index++) {
                int image = index;
                // Each image twice: one of the two is late.
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
    void knowsWhenTheFirstImageWasStarted() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        clock.advance(Duration.ofSeconds(5));
        assertThat(status(job).startedAt()).isEmpty();

        store.start(job.id(), 1);
        clock.advance(Duration.ofSeconds(5));
        store.start(job.id(), 0);

        assertThat(status(job).startedAt()).contains(Jobs.SUBMITTED_AT.plusSeconds(5));
    }

    @Test
    void neverStartsAJobOfUnknownStores() {
        Job job = saved(Jobs.job(1).visit("unknown", "http://a/0"));

        assertThat(status(job).startedAt()).isEmpty();
        assertThat(status(job).finishedAt()).contains(Jobs.SUBMITTED_AT);
    }

    @Test
    void linksAJobToThoseThatRetryIt() {
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
    void keepsARetryOfAJobThatIsForgotten() {
        Job retry = saved(Jobs.job(2).retryOf(1).visit("S1", "http://a/0"));

        assertThat(status(retry).metadata().retryOf()).contains(new JobId(1));
    }

    @Test
    void countsItsVersionUpWithEveryChangeAndWithNothingElse() {
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
    void reportsTheFailedStoresOfAJobThatIsOngoing() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("unknown", "http://a/2"));
        assertThat(report(job).failedStores())
                .containsExactly(new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1));

        work(job, 1, FAILED);

        assertThat(report(job).failedStores())
                .containsExactly(
                        new FailedStore("S1", FailureCode.TIMEOUT, "no answer in time", 1, 0, 2),
                        new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1));
        assertThat(report(job).status()).isEqualTo(status(job));
        assertThat(status(job).state()).isEqualTo(JobState.ONGOING);
        assertThat(queries.report(new JobId(99))).isEmpty();
    }
}
