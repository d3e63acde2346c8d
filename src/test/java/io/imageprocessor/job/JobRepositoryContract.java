package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobRepository} does. A subclass says how one is made; all of them pass the same tests. */
public abstract class JobRepositoryContract {

    protected static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    protected static final ImageResult FAILED =
            new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    protected final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    protected JobRepository repository;

    /** A repository that takes its time from {@link #clock} and forgets a finished job after an hour. */
    protected abstract JobRepository newRepository();

    @BeforeEach
    void makeRepository() {
        repository = newRepository();
    }

    @Test
    void neverGivesAnIdTwice() {
        Set<JobId> ids = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 1_000).parallel().forEach(_ -> ids.add(repository.nextId()));

        assertThat(ids).hasSize(1_000);
    }

    @Test
    void tellsWhereANewJobStands() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1", "http://a/2").visit("unknown", "http://a/3"));

        assertThat(repository.status(job.id())).hasValueSatisfying(status -> {
            assertThat(status.id()).isEqualTo(job.id());
            assertThat(status.state()).isEqualTo(JobState.ONGOING);
            assertThat(status.counts()).isEqualTo(new JobCounts(3, 2, 0, 0, 1, 0));
            assertThat(status.submittedAt()).isEqualTo(Jobs.SUBMITTED_AT);
            assertThat(status.finishedAt()).isEmpty();
        });
    }

    @Test
    void knowsNothingOfAnUnknownJob() {
        JobId unknown = new JobId(99);

        assertThat(repository.status(unknown)).isEmpty();
        assertThat(repository.images(unknown, ImageFilter.ANY, 0, 10)).isEmpty();
        assertThat(repository.start(unknown, 0)).isFalse();
        assertThat(repository.record(unknown, 0, SUCCEEDED)).isFalse();
    }

    @Test
    void startsAnImageOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1"));

        assertThat(repository.start(job.id(), 0)).isTrue();
        assertThat(repository.start(job.id(), 0)).isFalse();
    }

    @Test
    void keepsTheFirstResultOfAnImage() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/1"));
        repository.start(job.id(), 0);

        assertThat(repository.record(job.id(), 0, SUCCEEDED)).isTrue();
        assertThat(repository.record(job.id(), 0, FAILED)).isFalse();

        assertThat(status(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(repository
                        .images(job.id(), ImageFilter.ANY, 0, 1)
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
    void listsImagesWithAllThatIsKnownOfThem() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("S2", "http://a/2"));
        work(job, 1, SUCCEEDED);
        repository.start(job.id(), 2);

        List<JobImage> images = images(job, ImageFilter.ANY, 0, 10);

        assertThat(images).extracting(JobImage::index).containsExactly(0, 1, 2);
        assertThat(images).extracting(JobImage::url).containsExactly("http://a/0", "http://a/1", "http://a/2");
        assertThat(images).extracting(image -> image.visit().storeId()).containsExactly("S1", "S1", "S2");
        assertThat(images).extracting(image -> image.visit().time()).containsOnly(Jobs.VISITED_AT);
        assertThat(images)
                .extracting(JobImage::state)
                .containsExactly(ImageState.PENDING, ImageState.SUCCEEDED, ImageState.RUNNING);
        assertThat(images.get(1).result()).contains(SUCCEEDED);
        assertThat(images.get(2).result()).isEmpty();
    }

    @Test
    void listsImagesPageByPage() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));

        assertThat(images(job, ImageFilter.ANY, 1, 1))
                .extracting(JobImage::index)
                .containsExactly(1);
        assertThat(images(job, ImageFilter.ANY, 2, 10))
                .extracting(JobImage::index)
                .containsExactly(2);
        assertThat(images(job, ImageFilter.ANY, 3, 10)).isEmpty();
    }

    @Test
    void listsTheImagesInAState() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3")
                .visit("S2", "http://a/4", "http://a/5"));
        repository.start(job.id(), 1);
        work(job, 2, SUCCEEDED);
        work(job, 4, FAILED);

        assertThat(indexes(job, in(ImageState.PENDING))).containsExactly(0, 5);
        assertThat(indexes(job, in(ImageState.RUNNING))).containsExactly(1);
        assertThat(indexes(job, in(ImageState.SUCCEEDED))).containsExactly(2);
        assertThat(indexes(job, ImageFilter.FAILED)).containsExactly(3, 4);
        assertThat(indexes(job, in(ImageState.CANCELLED))).isEmpty();

        repository.cancel(job.id());
        assertThat(indexes(job, in(ImageState.CANCELLED))).containsExactly(0, 1, 5);
        assertThat(indexes(job, in(ImageState.RUNNING))).isEmpty();
    }

    @Test
    void listsTheImagesOfAStoreOverAllItsVisits() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0")
                .visit("unknown", "http://a/1", "http://a/2")
                .visit("S1", "http://a/3", "http://a/4"));

        assertThat(indexes(job, of("S1"))).containsExactly(0, 3, 4);
        assertThat(indexes(job, of("unknown"))).containsExactly(1, 2);
        assertThat(indexes(job, of("S2"))).isEmpty();
    }

    @Test
    void listsTheImagesThatFailedForAReason() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3"));
        work(job, 0, FAILED);
        work(job, 1, SUCCEEDED);

        assertThat(indexes(job, because(FailureCode.TIMEOUT))).containsExactly(0);
        assertThat(indexes(job, because(FailureCode.STORE_NOT_FOUND))).containsExactly(3);
        assertThat(indexes(job, because(FailureCode.CANCELLED))).isEmpty();

        repository.cancel(job.id());
        assertThat(indexes(job, because(FailureCode.CANCELLED))).containsExactly(2);
    }

    @Test
    void listsTheImagesThatFitAllPartsOfAFilterPageByPage() {
        int images = 3_000;
        Job job = saved(
                Jobs.job(1).visit("S1", urls(images)).visit("S2", urls(images)).visit("S1", "http://a/last"));
        work(job, 7, FAILED);
        work(job, images, FAILED);
        work(job, images - 1, FAILED);
        work(job, 2 * images, FAILED);
        ImageFilter filter =
                new ImageFilter(Optional.of(ImageState.FAILED), Optional.of("S1"), Optional.of(FailureCode.TIMEOUT));

        assertThat(images(job, filter, 0, 2)).extracting(JobImage::index).containsExactly(7, images - 1);
        assertThat(images(job, filter, images, 2)).extracting(JobImage::index).containsExactly(2 * images);
        assertThat(images(job, filter, 2 * images + 1, 2)).isEmpty();
    }

    @Test
    void listsJobsNewestFirstPageByPage() {
        // Whatever the order in which they were saved.
        for (long id : List.of(3L, 1L, 4L, 2L)) {
            saved(Jobs.job(id).visit("S1", "http://a/0"));
        }

        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(4L, 3L, 2L, 1L);
        assertThat(listed(JobFilter.ANY, null, 2)).containsExactly(4L, 3L);
        assertThat(listed(JobFilter.ANY, new JobId(3), 2)).containsExactly(2L, 1L);
        assertThat(listed(JobFilter.ANY, new JobId(1), 2)).isEmpty();
        // A page goes on behind a job that is forgotten, too.
        assertThat(listed(JobFilter.ANY, new JobId(100), 1)).containsExactly(4L);
    }

    @Test
    void listsJobsAsTheyStand() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        work(job, 0, SUCCEEDED);

        assertThat(repository.jobs(JobFilter.ANY, null, 10)).containsExactly(status(job));
    }

    @Test
    void listsTheJobsInAState() {
        saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(saved(Jobs.job(2).visit("S1", "http://a/0")), 0, SUCCEEDED);
        work(saved(Jobs.job(3).visit("S1", "http://a/0")), 0, FAILED);
        repository.cancel(saved(Jobs.job(4).visit("S1", "http://a/0")).id());

        assertThat(listed(in(JobState.ONGOING), null, 10)).containsExactly(1L);
        assertThat(listed(in(JobState.COMPLETED), null, 10)).containsExactly(2L);
        assertThat(listed(in(JobState.FAILED), null, 10)).containsExactly(3L);
        assertThat(listed(in(JobState.CANCELLED), null, 10)).containsExactly(4L);
    }

    @Test
    void fillsAPageWithTheJobsThatVisitedAStore() {
        for (long id = 1; id <= 6; id++) {
            saved(Jobs.job(id).visit("S3", "http://a/0").visit(id % 2 == 0 ? "S1" : "unknown", "http://a/1"));
        }
        JobFilter known = new JobFilter(Optional.empty(), Optional.of("S1"), Optional.empty(), Optional.empty());
        JobFilter unknown = new JobFilter(Optional.empty(), Optional.of("unknown"), Optional.empty(), Optional.empty());

        assertThat(listed(known, null, 2)).containsExactly(6L, 4L);
        assertThat(listed(known, new JobId(4), 2)).containsExactly(2L);
        assertThat(listed(unknown, null, 10)).containsExactly(5L, 3L, 1L);
    }

    @Test
    void listsTheJobsSubmittedBetweenTwoInstantsAndAtNeither() {
        saved(Jobs.job(1).visit("S1", "http://a/0"));
        Optional<Instant> at = Optional.of(Jobs.SUBMITTED_AT);
        Optional<Instant> sooner = Optional.of(Jobs.SUBMITTED_AT.minusNanos(1_000_000));
        Optional<Instant> later = Optional.of(Jobs.SUBMITTED_AT.plusNanos(1_000_000));

        assertThat(listed(between(sooner, later), null, 10)).containsExactly(1L);
        assertThat(listed(between(sooner, Optional.empty()), null, 10)).containsExactly(1L);
        assertThat(listed(between(Optional.empty(), later), null, 10)).containsExactly(1L);
        assertThat(listed(between(at, later), null, 10)).isEmpty();
        assertThat(listed(between(sooner, at), null, 10)).isEmpty();
    }

    @Test
    void listsNoJobWhoseRetentionIsOver() {
        work(saved(Jobs.job(1).visit("S1", "http://a/0")), 0, SUCCEEDED);
        clock.advance(Duration.ofMinutes(30));
        work(saved(Jobs.job(2).visit("S1", "http://a/0")), 0, SUCCEEDED);
        saved(Jobs.job(3).visit("S1", "http://a/0"));

        clock.advance(Duration.ofMinutes(30));
        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(3L, 2L);

        clock.advance(Duration.ofMinutes(30));
        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(3L);
    }

    @Test
    void countsWhatIsUnfinished() {
        saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        Job finished = saved(Jobs.job(2).visit("S1", "http://a/0"));
        work(finished, 0, SUCCEEDED);

        assertThat(repository.unfinished()).isEqualTo(new UnfinishedWork(1, 2));
    }

    @Test
    void forgetsAFinishedJobWhenItsRetentionIsOver() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        clock.advance(Duration.ofHours(2));
        work(job, 0, SUCCEEDED);

        clock.advance(Duration.ofMinutes(59));
        assertThat(repository.status(job.id())).isPresent();

        clock.advance(Duration.ofMinutes(1));
        assertThat(repository.status(job.id())).isEmpty();
        assertThat(repository.images(job.id(), ImageFilter.ANY, 0, 1)).isEmpty();
    }

    @Test
    void neverForgetsAnOngoingJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));

        clock.advance(Duration.ofDays(365));

        assertThat(repository.status(job.id())).isPresent();
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
                        repository.start(job.id(), image);
                        repository.record(job.id(), image, result);
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
    void cancelsWhatIsPendingOrRunningAndKeepsTheRest() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3")
                .visit("S2", "http://a/4"));
        work(job, 0, SUCCEEDED);
        work(job, 1, FAILED);
        repository.start(job.id(), 2);
        clock.advance(Duration.ofSeconds(5));

        assertThat(repository.cancel(job.id())).isTrue();

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
        assertThat(repository.unfinished()).isEqualTo(new UnfinishedWork(0, 0));
    }

    @Test
    void startsAndRecordsNothingOfACancelledJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        repository.start(job.id(), 0);
        repository.cancel(job.id());
        JobStatus cancelled = status(job);

        assertThat(repository.record(job.id(), 0, SUCCEEDED)).isFalse();
        assertThat(repository.start(job.id(), 1)).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void cancelsAJobOnce() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        assertThat(repository.cancel(job.id())).isTrue();
        JobStatus cancelled = status(job);
        clock.advance(Duration.ofSeconds(5));

        assertThat(repository.cancel(job.id())).isFalse();
        assertThat(repository.cancel(new JobId(99))).isFalse();

        assertThat(status(job)).isEqualTo(cancelled);
    }

    @Test
    void refusesToCancelAJobThatHasEndedByItselfAndNamesItsState() {
        Job completed = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(completed, 0, SUCCEEDED);
        Job failed = saved(Jobs.job(2).visit("unknown", "http://a/0"));

        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> repository.cancel(completed.id()))
                .withMessage("job 1 is completed and cannot be cancelled");
        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> repository.cancel(failed.id()))
                .withMessage("job 2 is failed and cannot be cancelled");
        assertThat(status(completed).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void forgetsACancelledJobWhenItsRetentionIsOver() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        repository.cancel(job.id());

        clock.advance(Duration.ofHours(1));

        assertThat(repository.status(job.id())).isEmpty();
        assertThat(repository.cancel(job.id())).isFalse();
    }

    @Test
    void knowsWhenTheFirstImageWasStarted() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        clock.advance(Duration.ofSeconds(5));
        assertThat(status(job).startedAt()).isEmpty();

        repository.start(job.id(), 1);
        clock.advance(Duration.ofSeconds(5));
        repository.start(job.id(), 0);

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
        assertThat(status(first).head().retryOf()).contains(job.id());
        assertThat(status(first).retries()).isEmpty();
    }

    @Test
    void keepsARetryOfAJobThatIsForgotten() {
        Job retry = saved(Jobs.job(2).retryOf(1).visit("S1", "http://a/0"));

        assertThat(status(retry).head().retryOf()).contains(new JobId(1));
    }

    @Test
    void countsItsVersionUpWithEveryChangeAndWithNothingElse() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));
        List<Long> versions = new ArrayList<>();
        versions.add(status(job).version());

        for (Runnable change : List.<Runnable>of(
                () -> repository.start(job.id(), 0),
                () -> repository.record(job.id(), 0, SUCCEEDED),
                () -> repository.start(job.id(), 1),
                () -> repository.record(job.id(), 1, FAILED),
                () -> repository.cancel(job.id()))) {
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
        assertThat(repository.report(new JobId(99))).isEmpty();
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
            for (int index = 0; index < images; index++) {
                int image = index;
                workers.execute(() -> {
                    if (repository.start(job.id(), image) && repository.record(job.id(), image, SUCCEEDED)) {
                        recorded.incrementAndGet();
                    }
                });
                if (index == images / 2) {
                    for (int i = 0; i < 2; i++) {
                        workers.execute(() -> cancels.addAndGet(repository.cancel(job.id()) ? 1 : 0));
                    }
                }
            }
        }

        assertThat(cancels).hasValue(1);
        assertThat(status(job).counts())
                .isEqualTo(new JobCounts(images, 0, 0, recorded.get(), 0, images - recorded.get()));
    }

    protected Job saved(Jobs jobs) {
        Job job = jobs.build();
        repository.save(job);
        return job;
    }

    protected void work(Job job, int index, ImageResult result) {
        repository.start(job.id(), index);
        repository.record(job.id(), index, result);
    }

    protected JobStatus status(Job job) {
        return repository.status(job.id()).orElseThrow();
    }

    protected JobReport report(Job job) {
        return repository.report(job.id()).orElseThrow();
    }

    protected List<JobImage> images(Job job, ImageFilter filter, int from, int limit) {
        return repository.images(job.id(), filter, from, limit).orElseThrow();
    }

    // The totals of stores and days.

    @Test
    void addsUpWhatWasMeasuredAtAStoreOnADayInUtcOverAllJobs() {
        Job first = saved(Jobs.job(1)
                .visitAt(Instant.parse("2026-03-01T00:00:00Z"), "S1", List.of("http://a/0", "http://a/1"))
                .visitAt(Instant.parse("2026-03-01T23:59:59.999Z"), "S1", List.of("http://a/2"))
                .visitAt(Instant.parse("2026-03-02T00:00:00Z"), "S1", List.of("http://a/3"))
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S2", List.of("http://a/4")));
        Job second = saved(
                Jobs.job(2).visitAt(Instant.parse("2026-03-01T08:00:00Z"), "S1", List.of("http://a/0", "http://a/1")));
        for (int index = 0; index < first.imageCount(); index++) {
            work(first, index, measured(100, 1 + index));
        }
        work(second, 0, measured(1, 1));
        work(second, 1, measured(Integer.MAX_VALUE, Integer.MAX_VALUE));

        assertThat(totals("S1", "2026-01-01", "2026-12-31"))
                .containsExactlyInAnyOrder(
                        new VisitTotal("S1", MARCH_1, 2 * (101 + 102 + 103) + 4 + 4L * Integer.MAX_VALUE),
                        new VisitTotal("S1", MARCH_1.plusDays(1), 2 * 104));
        assertThat(repository.visitTotals(Set.of("S1", "S2", "S9"), MARCH_1, MARCH_1))
                .containsExactlyInAnyOrder(
                        new VisitTotal("S1", MARCH_1, 2 * (101 + 102 + 103) + 4 + 4L * Integer.MAX_VALUE),
                        new VisitTotal("S2", MARCH_1, 2 * 105));
    }

    @Test
    void countsTheFirstAndTheLastDayIn() {
        Job job = saved(Jobs.job(1).visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S1", List.of("http://a/0")));
        work(job, 0, measured(1, 1));

        assertThat(totals("S1", "2026-03-01", "2026-03-05")).hasSize(1);
        assertThat(totals("S1", "2026-02-01", "2026-03-01")).hasSize(1);
        assertThat(totals("S1", "2026-03-02", "2026-03-05")).isEmpty();
        assertThat(totals("S1", "2026-02-01", "2026-02-28")).isEmpty();
        assertThat(repository.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .hasSize(1);
    }

    @Test
    void addsUpOnlyWhatWasMeasured() {
        Job job = saved(Jobs.job(1)
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S1", List.of("http://a/0", "http://a/1", "http://a/2"))
                .visitAt(Instant.parse("2026-03-02T12:00:00Z"), "S1", List.of("http://a/3"))
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "unknown", List.of("http://a/4")));
        work(job, 0, measured(1, 2));
        work(job, 1, FAILED);
        work(job, 3, FAILED);

        assertThat(repository.visitTotals(Set.of("S1", "unknown"), LocalDate.MIN, LocalDate.MAX))
                .containsExactly(new VisitTotal("S1", MARCH_1, 6));
    }

    @Test
    void addsNothingUpOfAForgottenJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(job, 0, SUCCEEDED);
        clock.advance(Duration.ofHours(1));

        assertThat(repository.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .isEmpty();
    }

    private static final LocalDate MARCH_1 = LocalDate.parse("2026-03-01");

    private List<VisitTotal> totals(String storeId, String first, String last) {
        return repository.visitTotals(Set.of(storeId), LocalDate.parse(first), LocalDate.parse(last));
    }

    private static ImageResult measured(int width, int height) {
        return new ImageResult.Succeeded(width, height, "jpeg", 10_000, 1, 20, 250);
    }

    // The keys of submissions.

    @Test
    void grantsAKeyToOneClaimantAtATime() {
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Granted());
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.InFlight());
        assertThat(repository.claimKey("K")).isEqualTo(new KeyClaim.Granted());
    }

    @Test
    void grantsAKeyAgainThatWasGivenBack() {
        repository.claimKey("k");
        repository.releaseKey("k");

        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Granted());
    }

    @Test
    void grantsAKeyToOneOfManyWhoClaimItAtOnce() {
        List<KeyClaim> claims = IntStream.range(0, 100)
                .parallel()
                .mapToObj(_ -> repository.claimKey("k"))
                .toList();

        assertThat(claims).containsOnlyOnce(new KeyClaim.Granted());
        assertThat(claims).filteredOn(new KeyClaim.InFlight()::equals).hasSize(99);
    }

    @Test
    void remembersForADayWhichJobAKeyWasUsedFor() {
        SubmissionKey key = new SubmissionKey("k", "fingerprint");
        repository.claimKey("k");
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0").key(key));
        work(job, 0, SUCCEEDED);

        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Used(key, job.id()));
        // Neither giving the key back too late nor forgetting the job makes it free.
        repository.releaseKey("k");
        clock.advance(Duration.ofHours(24).minusNanos(1));
        assertThat(repository.status(job.id())).isEmpty();
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Used(key, job.id()));

        clock.advance(Duration.ofNanos(1));
        assertThat(repository.claimKey("k")).isEqualTo(new KeyClaim.Granted());
    }

    private List<Integer> indexes(Job job, ImageFilter filter) {
        return images(job, filter, 0, job.imageCount()).stream()
                .map(JobImage::index)
                .toList();
    }

    private static ImageFilter in(ImageState state) {
        return new ImageFilter(Optional.of(state), Optional.empty(), Optional.empty());
    }

    private static ImageFilter of(String storeId) {
        return new ImageFilter(Optional.empty(), Optional.of(storeId), Optional.empty());
    }

    private static ImageFilter because(FailureCode code) {
        return new ImageFilter(Optional.empty(), Optional.empty(), Optional.of(code));
    }

    private List<Long> listed(JobFilter filter, @Nullable JobId before, int limit) {
        return repository.jobs(filter, before, limit).stream()
                .map(status -> status.id().value())
                .toList();
    }

    private static JobFilter in(JobState state) {
        return new JobFilter(Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static JobFilter between(Optional<Instant> after, Optional<Instant> before) {
        return new JobFilter(Optional.empty(), Optional.empty(), after, before);
    }

    private static List<String> urls(int images) {
        return IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toList();
    }
}
