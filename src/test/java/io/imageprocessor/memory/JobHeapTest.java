package io.imageprocessor.memory;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.Proofs;
import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.HeapReservation;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobTooLargeException;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes of the jobs in the heap, from the submission to the removal. */
class JobHeapTest {

    private static final int SEEDS = Proofs.count("seeds", 40, 1_000);
    private static final int STEPS = 200;
    private static final Duration RETENTION = Duration.ofHours(1);
    private static final JobSettings SETTINGS = new JobSettings(1_000_000, 1_000_000, RETENTION, 1_000_000);

    /** A light job takes at most 6,000 bytes, and the largest job 336,000. */
    private final HeapBudget budget = new HeapBudget(384_000);

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final RetainedJobs retained = new RetainedJobs(SETTINGS, budget, clock);
    private final Storage storage = InMemoryStorage.of(retained, clock);
    private final StubbedQueue queue = new StubbedQueue();
    private final JobService service =
            Jobs.service(new StoreMaster(() -> Jobs.STORES), storage, queue, SETTINGS, clock, budget);

    @Test
    void evictsTheOldestFinishedJobsForANewOne() {
        JobId first = finished(1_000);
        JobId second = finished(1_000);
        JobId third = finished(1_000);

        JobId next = submit(1_000);

        assertThat(isRetained(first)).isFalse();
        assertThat(isRetained(second)).isTrue();
        assertThat(isRetained(third)).isTrue();
        assertThat(isRetained(next)).isTrue();
        assertHeapOfRetainedJobs();
    }

    @Test
    void evictsNoOngoingJob() {
        List<JobId> ongoing = List.of(submit(1_000), submit(1_000));

        assertRejected(1_500);

        assertThat(ongoing).allMatch(this::isRetained);
        assertHeapOfRetainedJobs();
    }

    @Test
    void evictsTheLastFinishedJobToo() {
        JobId large = finished(2_000);

        JobId next = submit(2_000);

        assertThat(isRetained(large)).isFalse();
        assertThat(isRetained(next)).isTrue();
    }

    @Test
    void evictsNoJobForAStepThatIsRejected() {
        JobId finished = finished(1_000);
        submit(1_000);
        submit(1_000);

        try (JobDraft draft = service.draft()) {
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> draft.requireRoom(200_000));
        }

        assertThat(isRetained(finished)).isTrue();
        assertHeapOfRetainedJobs();
    }

    /** It is not known yet that the last step does not fit. */
    @Test
    void evictsForTheFirstStepsOfALargeJobThatIsRejected() {
        JobId finished = finished(1_000);
        submit(1_000);
        submit(1_000);
        assertThat(budget.limit() / 8 * 7 - budget.reserved()).isBetween(40_000L, 60_000L);

        assertRejected(1_400);

        assertThat(isRetained(finished)).isFalse();
        assertHeapOfRetainedJobs();
    }

    @Test
    void keepsLightJobsThatHaveJustFinishedFromHeavyOnes() {
        JobId light = finished(10);
        JobId heavy = finished(1_000);
        submit(1_000);
        submit(1_000);
        submit(600);
        assertThat(isRetained(heavy)).isFalse();

        // The light job would make enough room.
        long free = budget.limit() / 8 * 7 - budget.reserved();
        try (JobDraft draft = service.draft()) {
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> draft.requireRoom(free));
        }
        assertThat(isRetained(light)).isTrue();

        clock.advance(FinishedJobs.PROTECTION);
        try (JobDraft draft = service.draft()) {
            draft.requireRoom(free);
        }
        assertThat(isRetained(light)).isFalse();
        assertHeapOfRetainedJobs();
    }

    /** It would wait for the lock of each finished job, and all reads would wait with it. */
    @Test
    void rejectsAHeavyJobWithoutReadingTheFinishedOnes() {
        JobId light = finished(10);
        clock.advance(FinishedJobs.PROTECTION);
        finished(10);
        submit(1_000);
        submit(1_000);
        HeapReservation heap = requireNonNull(retained.get(light)).job().heap();
        // More than the unprotected light job has, and less than both.
        long room = budget.limit() / 8 * 7 - budget.reserved() + heap.bytes();

        synchronized (heap) {
            CompletableFuture<Void> rejected = CompletableFuture.runAsync(() -> {
                try (JobDraft draft = service.draft()) {
                    assertThatExceptionOfType(SubmissionRejectedException.class)
                            .isThrownBy(() -> draft.requireRoom(room));
                }
            });
            assertThat(rejected).succeedsWithin(Duration.ofSeconds(20));
        }

        assertThat(isRetained(light)).isTrue();
        assertHeapOfRetainedJobs();
    }

    @Test
    void evictsLightJobsForLightJobs() {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            jobs.add(finished(1));
        }

        assertThat(isRetained(jobs.getFirst())).isFalse();
        assertThat(isRetained(jobs.getLast())).isTrue();
        assertHeapOfRetainedJobs();
    }

    @Test
    void rejectsAJobThatWouldNotFitByItself() {
        JobId other = finished(10);

        try (JobDraft draft = service.draft()) {
            assertThatExceptionOfType(JobTooLargeException.class).isThrownBy(() -> addImages(draft, 10_000));
        }

        assertThat(isRetained(other)).isTrue();
        assertHeapOfRetainedJobs();
    }

    /** All images of unknown stores share one result, and the store may come after the images. */
    @Test
    void acceptsALargeVisitToAnUnknownStore() {
        try (JobDraft draft = service.draft()) {
            addImages(draft, 6_000);
            draft.endVisit("unknown", Jobs.VISITED_AT);
            service.submit(draft);
        }
        assertHeapOfRetainedJobs();

        try (JobDraft draft = service.draft()) {
            addImages(draft, 6_000);
            assertThatExceptionOfType(JobTooLargeException.class)
                    .isThrownBy(() -> draft.endVisit("S1", Jobs.VISITED_AT));
        }
    }

    @Test
    void rejectsALargeVisitToAnUnknownStoreOnlyForTheMoment() {
        submit(1_000);

        try (JobDraft draft = service.draft()) {
            addImages(draft, 6_000);
            draft.endVisit("unknown", Jobs.VISITED_AT);
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> service.submit(draft));
        }
        assertHeapOfRetainedJobs();
    }

    @Test
    void readsARejectedJobToItsEndWithoutKeepingIt() {
        submit(1_000);
        submit(1_000);
        long before = budget.reserved();

        try (JobDraft draft = service.draft()) {
            addImages(draft, 3_000);
            assertThat(budget.reserved()).isEqualTo(before);
            draft.endVisit("S1", Jobs.VISITED_AT);
            assertThat(draft.visitCount()).isEqualTo(1);
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> service.submit(draft));

            addImages(draft, 2);
            assertThat(draft.imagesInVisit()).isEqualTo(2);
            assertThatExceptionOfType(JobTooLargeException.class).isThrownBy(() -> addImages(draft, 1_000));
        }

        assertHeapOfRetainedJobs();
    }

    @Test
    void rejectsALongTextThatDoesNotFit() {
        submit(1_000);
        submit(1_000);

        try (JobDraft draft = service.draft()) {
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> draft.requireRoom(200_000));
            assertThatExceptionOfType(JobTooLargeException.class).isThrownBy(() -> draft.requireRoom(400_000));
        }

        assertHeapOfRetainedJobs();
    }

    /** Images of known stores take more memory, because they get results of their own. */
    @Test
    void rejectsARetryThatIsTooLargeSinceItsStoreIsKnown() {
        StoreRegistry none = new StoreRegistry(List.of());
        JobService before = Jobs.service(new StoreMaster(() -> none), storage, queue, SETTINGS, clock, budget);
        JobId large;
        try (JobDraft draft = before.draft()) {
            for (int visit = 0; visit < 60; visit++) {
                addImages(draft, 100);
                draft.endVisit("S1", Jobs.VISITED_AT);
            }
            large = before.submit(draft);
        }

        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> service.retry(large, Optional.empty(), Optional.empty()))
                .withMessage("job " + large + " cannot be retried: the job needs more than 0 MB of memory");
        assertHeapOfRetainedJobs();
    }

    @Test
    void evictsNoJobThatIsBeingRetried() {
        JobId retried = finished(1_000);
        JobId other = finished(1_000);
        submit(1_000);

        assertThat(service.retry(retried, Optional.empty(), Optional.empty())).isPresent();

        assertThat(isRetained(retried)).isTrue();
        assertThat(isRetained(other)).isFalse();
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> service.retry(retried, Optional.empty(), Optional.empty()));
        assertThat(isRetained(retried)).isTrue();
        assertHeapOfRetainedJobs();
    }

    @Test
    void countsEachRetryAtTheRetriedJob() {
        JobId job = submit(1);
        storage.store().start(job, 0);
        storage.store().record(job, 0, ImageResult.Failed.STORE_NOT_FOUND);
        long before = requireNonNull(retained.get(job)).job().heap().bytes();

        service.retry(job, Optional.empty(), Optional.empty());

        assertThat(requireNonNull(retained.get(job)).job().heap().bytes()).isEqualTo(before + 32);
        assertHeapOfRetainedJobs();
    }

    @Test
    void countsExactlyTheRetainedJobsInRandomHistories() {
        for (int seed = 0; seed < SEEDS; seed++) {
            JobHeapTest history = new JobHeapTest();
            Random random = new Random(seed);
            List<JobId> jobs = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                history.step(random, jobs);
                history.assertHeapOfRetainedJobs();
            }
            history.queue.failure = null;
            jobs.stream().filter(history::isRetained).forEach(history::finish);
            history.clock.advance(RETENTION);
            history.retained.removeExpired();
            assertThat(history.budget.reserved()).as("after seed %s", seed).isZero();
        }
    }

    private void step(Random random, List<JobId> jobs) {
        queue.failure = random.nextInt(10) == 0 ? new IllegalStateException("expected by this test") : null;
        JobId any = jobs.isEmpty() ? new JobId(1) : jobs.get(random.nextInt(jobs.size()));
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> submitRandom(random, jobs);
            case 3 -> finish(any);
            case 4 -> cancel(any);
            case 5 -> retry(any, jobs);
            case 6 -> clock.advance(Duration.ofSeconds(random.nextInt(600)));
            default -> retained.removeExpired();
        }
    }

    private void submitRandom(Random random, List<JobId> jobs) {
        try (JobDraft draft = service.draft()) {
            int size = random.nextInt(1 << (1 + random.nextInt(12)));
            addImages(draft, 1 + size);
            draft.endVisit(random.nextBoolean() ? "S1" : "unknown", Jobs.VISITED_AT);
            if (random.nextInt(5) > 0) {
                jobs.add(service.submit(draft));
            }
        } catch (SubmissionRejectedException | JobTooLargeException | IllegalStateException e) {
            assertThat(jobs).as(e.getMessage()).isNotNull();
        }
    }

    private void cancel(JobId id) {
        try {
            service.cancel(id);
        } catch (JobConflictException e) {
            assertThat(e).hasMessageContaining("cannot be cancelled");
        }
    }

    private void retry(JobId id, List<JobId> jobs) {
        try {
            service.retry(id, Optional.empty(), Optional.empty()).ifPresent(jobs::add);
        } catch (JobConflictException | SubmissionRejectedException | IllegalStateException e) {
            assertThat(jobs).as(e.getMessage()).isNotNull();
        }
    }

    private JobId submit(int images) {
        try (JobDraft draft = service.draft()) {
            addImages(draft, images);
            draft.endVisit("S1", Jobs.VISITED_AT);
            return service.submit(draft);
        }
    }

    private JobId finished(int images) {
        JobId id = submit(images);
        finish(id);
        return id;
    }

    private void finish(JobId id) {
        JobProgress progress = retained.get(id);
        for (int index = 0; progress != null && index < progress.job().imageCount(); index++) {
            if (storage.store().start(id, index)) {
                storage.store().record(id, index, ImageResult.Failed.STORE_NOT_FOUND);
            }
        }
    }

    private static void addImages(JobDraft draft, int images) {
        Collections.nCopies(images, "http://photos.example/1").forEach(draft::addImage);
    }

    private void assertRejected(int images) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> submit(images))
                .withMessage("memory limit for jobs reached; try again later");
    }

    private boolean isRetained(JobId id) {
        return retained.get(id) != null;
    }

    private void assertHeapOfRetainedJobs() {
        long bytes = retained.all().stream()
                .mapToLong(job -> job.job().heap().bytes())
                .sum();
        assertThat(budget.reserved()).isEqualTo(bytes).isLessThan(budget.limit() + 100 * 32);
    }

    /** Fails to enqueue jobs if it is told so. */
    private static final class StubbedQueue implements JobQueue {

        private @Nullable RuntimeException failure;

        @Override
        public Backlog backlog() {
            return Jobs.unlimitedBacklog();
        }

        @Override
        public void enqueue(List<Job> jobs) {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void cancel(JobId id) {}
    }
}
