package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.imageprocessor.memory.InMemoryStorage;
import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

class JobServiceTest {

    private static final int MAX_IMAGES = 3;
    private static final JobId JOB = new JobId(7);
    private static final Instant VISITED_FIRST = Instant.parse("2026-03-01T08:00:00Z");
    private static final Instant VISITED_SECOND = Instant.parse("2026-03-02T08:00:00Z");

    private final JobStore store = mock();
    private final JobQueries queries = mock();
    private final Backlog backlog = mock();
    private final JobQueue queue = mock();
    private final AtomicInteger reserved = new AtomicInteger();
    private final JobService service = Jobs.service(
            new StoreMaster(() -> Jobs.STORES),
            new Storage(store, queries, mock()),
            queue,
            new JobSettings(MAX_IMAGES, 10, Duration.ofHours(1), 10),
            new TestClock(Jobs.SUBMITTED_AT));

    private StoreRegistry storesNow = Jobs.STORES;
    private final StoreMaster stores = new StoreMaster(() -> storesNow);
    private final JobSettings large = new JobSettings(10_000, 10_000, Duration.ofHours(1), 10_000);
    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final Storage storage = InMemoryStorage.of(large, clock);
    /** Stores jobs; its queue does nothing. */
    private final JobService storing = Jobs.service(stores, storage, queue, large, clock);

    @BeforeEach
    void countReservations() {
        when(store.nextId()).thenReturn(new JobId(7));
        doAnswer(call -> {
                    call.<Consumer<List<Job>>>getArgument(1).accept(List.of(call.<Job>getArgument(0)));
                    return null;
                })
                .when(store)
                .save(any(), any());
        when(queue.backlog()).thenReturn(backlog);
        doAnswer(call -> reserved.addAndGet(call.getArgument(0))).when(backlog).reserve(anyInt());
        doAnswer(call -> reserved.addAndGet(-call.<Integer>getArgument(0)))
                .when(backlog)
                .release(anyInt());
    }

    @Test
    void savesAJobBeforeItQueuesIt() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            draft.endVisit("S1", Jobs.VISITED_AT);

            assertThat(service.submit(draft)).isEqualTo(new JobId(7));
        }

        ArgumentCaptor<Job> job = ArgumentCaptor.captor();
        InOrder order = inOrder(store, queries, queue);
        order.verify(store).save(job.capture(), any());
        order.verify(queue).enqueue(List.of(job.getValue()));
        assertThat(job.getValue().metadata().submittedAt()).isEqualTo(Jobs.SUBMITTED_AT);
        assertThat(job.getValue().url(0)).isEqualTo("http://a/1");
        assertThat(job.getValue().visits().getFirst().store()).isPresent();
        assertThat(reserved).as("capacity of the submitted job").hasValue(1);
    }

    @Test
    void releasesTheReservationOfADraftThatIsNotSubmitted() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            draft.addImage("http://a/2");
            assertThat(reserved).hasValue(2);
        }

        assertThat(reserved).hasValue(0);
        verify(store, never()).save(any(), any());
    }

    @Test
    void releasesTheReservationOfImagesThatAreNotDownloaded() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            draft.endVisit("S1", Jobs.VISITED_AT);
            draft.addImage("http://a/2");
            draft.addImage("http://a/3");
            draft.endVisit("unknown", Jobs.VISITED_AT);
            service.submit(draft);
        }

        assertThat(reserved).hasValue(1);
    }

    @Test
    void rejectsImagesAboveTheLimitPerJob() {
        try (JobDraft draft = service.draft()) {
            for (int i = 0; i < MAX_IMAGES; i++) {
                draft.addImage("http://a/" + i);
            }
            assertThatExceptionOfType(JobTooLargeException.class)
                    .isThrownBy(() -> draft.addImage("http://a/more"))
                    .withMessage("a job may hold at most 3 images");
        }
        assertThat(reserved).hasValue(0);
    }

    @Test
    void rejectsAJobWhileReadingIfTheBacklogIsFull() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            doThrow(new SubmissionRejectedException(SubmissionRejectedException.Reason.FULL, "full"))
                    .when(backlog)
                    .reserve(1);
            assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(() -> draft.addImage("http://a/2"));
        }
        assertThat(reserved).hasValue(0);
    }

    @Test
    void rejectsIncompleteDrafts() {
        try (JobDraft draft = service.draft()) {
            assertThatIllegalStateException().isThrownBy(() -> service.submit(draft));
            draft.addImage("http://a/1");
            assertThatIllegalStateException().isThrownBy(() -> service.submit(draft));
        }
        verify(store, never()).save(any(), any());
    }

    @Test
    void cancelsAJobInTheStoreBeforeTheQueue() {
        when(store.cancel(JOB)).thenReturn(true);

        service.cancel(JOB);

        InOrder order = inOrder(store, queries, queue);
        order.verify(store).cancel(JOB);
        order.verify(queue).cancel(JOB);
        order.verify(queries).report(JOB);
    }

    @Test
    void cancelsInTheQueueEvenIfTheStoreWasCancelledBefore() {
        when(store.cancel(JOB)).thenReturn(false);

        service.cancel(JOB);

        verify(queue).cancel(JOB);
    }

    @Test
    void doesNotCancelInTheQueueIfTheJobHasFinished() {
        when(store.cancel(JOB)).thenThrow(new JobConflictException("it is completed"));

        assertThatExceptionOfType(JobConflictException.class).isThrownBy(() -> service.cancel(JOB));

        verify(queue, never()).cancel(any());
    }

    @Test
    void releasesTheReservationIfQueueingFails() {
        when(store.nextId()).thenReturn(JOB);
        doThrow(new StackOverflowError("expected by this test")).when(queue).enqueue(any());

        try (JobDraft draft = service.draft()) {
            visit(draft, "S1", VISITED_FIRST, "http://a/0", "http://a/1");
            assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> service.submit(draft));
        }

        verify(backlog).release(2);
    }

    @Test
    void retriesNothingIfTheJobIsRemovedWhileItIsRead() {
        JobId failed = finished(draft -> visit(draft, "S1", VISITED_FIRST, "http://a/0", "http://a/1"), 0, 1);
        reserved.set(0);
        when(queries.status(JOB)).thenReturn(storage.queries().status(failed));
        when(queries.images(eq(JOB), any(), anyInt(), anyInt()))
                .thenReturn(storage.queries().images(failed, ImageFilter.ANY, 0, 1))
                .thenReturn(Optional.empty());

        assertThat(service.retry(JOB, Optional.empty(), Optional.empty())).isEmpty();

        verify(store, never()).save(any(), any());
        verify(backlog).release(1);
    }

    @Test
    void retriesOnlyFailedImagesWithTheirVisitsAndLabel() {
        JobId failed = finished(
                draft -> {
                    draft.label("shelves of March");
                    visit(draft, "S1", VISITED_FIRST, "http://a/0", "http://a/1", "http://a/2");
                    visit(draft, "S2", VISITED_FIRST, "http://a/3");
                    visit(draft, "S1", VISITED_SECOND, "http://a/4");
                },
                0,
                2,
                4);

        JobId retry = storing.retry(failed, Optional.empty(), Optional.empty()).orElseThrow();

        JobStatus status = storage.queries().status(retry).orElseThrow();
        assertThat(status.metadata().retryOf()).contains(failed);
        assertThat(status.metadata().label()).contains("shelves of March");
        assertThat(status.counts()).isEqualTo(new JobCounts(3, 3, 0, 0, 0, 0));
        assertThat(storage.queries().status(failed).orElseThrow().retries()).containsExactly(retry);
        List<JobImage> images =
                storage.queries().images(retry, ImageFilter.ANY, 0, 10).orElseThrow();
        assertThat(images).extracting(JobImage::url).containsExactly("http://a/0", "http://a/2", "http://a/4");
        assertThat(images)
                .extracting(image -> image.visit().time())
                .containsExactly(VISITED_FIRST, VISITED_FIRST, VISITED_SECOND);
        assertThat(images).extracting(image -> image.visit().firstImage()).containsExactly(0, 0, 2);
    }

    @Test
    void looksUpTheStoresOfARetryAgain() {
        JobId failed = finished(
                draft -> {
                    visit(draft, "S1", VISITED_FIRST, "http://a/0");
                    visit(draft, "new", VISITED_FIRST, "http://a/1");
                },
                0);
        storesNow = new StoreRegistry(List.of(new Store("new", "New store", "1")));
        stores.reload();

        JobId retry = storing.retry(failed, Optional.empty(), Optional.empty()).orElseThrow();

        assertThat(storage.queries().images(retry, ImageFilter.ANY, 0, 10).orElseThrow())
                .extracting(JobImage::state)
                .containsExactly(ImageState.FAILED, ImageState.PENDING);
    }

    @Test
    void retriesMoreImagesThanOneRead() {
        int images = 2_500;
        String[] urls =
                IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toArray(String[]::new);
        JobId failed = finished(draft -> visit(draft, "unknown", VISITED_FIRST, urls));

        JobId retry = storing.retry(failed, Optional.empty(), Optional.empty()).orElseThrow();

        assertThat(storage.queries().images(retry, ImageFilter.ANY, 0, images).orElseThrow())
                .extracting(JobImage::url)
                .containsExactly(urls);
        assertThat(storage.queries()
                        .images(retry, ImageFilter.ANY, 0, 1)
                        .orElseThrow()
                        .getFirst()
                        .visit()
                        .imageCount())
                .isEqualTo(images);
    }

    @Test
    void rejectsRetryOfAnOngoingJobOrWithoutFailedImages() {
        JobId ongoing;
        try (JobDraft draft = storing.draft()) {
            visit(draft, "S1", VISITED_FIRST, "http://a/0");
            visit(draft, "unknown", VISITED_FIRST, "http://a/1");
            ongoing = storing.submit(draft);
        }
        JobId completed = finished(draft -> visit(draft, "S1", VISITED_FIRST, "http://a/0"));

        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> storing.retry(ongoing, Optional.empty(), Optional.empty()))
                .withMessage("job " + ongoing + " is ongoing and cannot be retried");
        assertThatExceptionOfType(JobConflictException.class)
                .isThrownBy(() -> storing.retry(completed, Optional.empty(), Optional.empty()))
                .withMessage("no image of job " + completed + " has failed");
        assertThat(storing.retry(new JobId(99), Optional.empty(), Optional.empty()))
                .isEmpty();
    }

    @Test
    void retriesFailedImagesOfACancelledJob() {
        JobId cancelled;
        try (JobDraft draft = storing.draft()) {
            visit(draft, "S1", VISITED_FIRST, "http://a/0");
            visit(draft, "unknown", VISITED_FIRST, "http://a/1");
            cancelled = storing.submit(draft);
        }
        storing.cancel(cancelled);

        JobId retry =
                storing.retry(cancelled, Optional.empty(), Optional.empty()).orElseThrow();

        assertThat(storage.queries().images(retry, ImageFilter.ANY, 0, 10).orElseThrow())
                .extracting(JobImage::url)
                .containsExactly("http://a/1");
    }

    @Test
    void savesNothingOfARejectedRetry() {
        JobId failed = finished(draft -> visit(draft, "unknown", VISITED_FIRST, "http://a/0", "http://a/1"));
        doAnswer(_ -> {
                    throw new SubmissionRejectedException(SubmissionRejectedException.Reason.FULL, "full");
                })
                .when(backlog)
                .reserve(anyInt());

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> storing.retry(failed, Optional.empty(), Optional.empty()));

        assertThat(storage.queries().jobs(JobFilter.ANY, null, 10)).hasSize(1);
        assertThat(storage.queries().status(failed).orElseThrow().retries()).isEmpty();
    }

    /** Processes a whole job; images of known stores succeed unless they are listed. */
    private JobId finished(Consumer<JobDraft> content, Integer... failedImages) {
        try (JobDraft draft = storing.draft()) {
            content.accept(draft);
            JobId id = storing.submit(draft);
            for (JobImage image :
                    storage.queries().images(id, ImageFilter.ANY, 0, 10_000).orElseThrow()) {
                if (storage.store().start(id, image.index())) {
                    storage.store()
                            .record(
                                    id,
                                    image.index(),
                                    List.of(failedImages).contains(image.index())
                                            ? new ImageResult.Failed(
                                                    FailureCode.TIMEOUT, "no answer in time", 3, 30_000)
                                            : new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250));
                }
            }
            return id;
        }
    }

    private static void visit(JobDraft draft, String storeId, Instant time, String... urls) {
        List.of(urls).forEach(draft::addImage);
        draft.endVisit(storeId, time);
    }

    @Test
    void indexesImagesOverAllVisits() {
        Job job = Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1")
                .visit("S2", "http://a/2")
                .visit("S3", "http://a/3", "http://a/4")
                .build();

        assertThat(job.imageCount()).isEqualTo(5);
        for (int index = 0; index < 5; index++) {
            assertThat(job.url(index)).isEqualTo("http://a/" + index);
        }
        assertThat(job.visitOf(0).storeId()).isEqualTo("S1");
        assertThat(job.visitOf(1).storeId()).isEqualTo("S1");
        assertThat(job.visitOf(2).storeId()).isEqualTo("S2");
        assertThat(job.visitOf(3).storeId()).isEqualTo("S3");
        assertThat(job.visitOf(4).storeId()).isEqualTo("S3");
    }
}
