package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.imageprocessor.store.StoreMaster;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

class JobServiceTest {

    private static final int MAX_IMAGES = 3;

    private final JobRepository repository = mock();
    private final JobQueue queue = mock();
    private final AtomicInteger reserved = new AtomicInteger();
    private final JobService service = new JobService(
            new StoreMaster(() -> Jobs.STORES),
            repository,
            queue,
            new JobSettings(MAX_IMAGES, 10, Duration.ofHours(1), 10),
            new TestClock(Jobs.SUBMITTED_AT));

    @BeforeEach
    void countReservations() {
        when(repository.nextId()).thenReturn(new JobId(7));
        doAnswer(call -> reserved.addAndGet(call.getArgument(0))).when(queue).reserve(anyInt());
        doAnswer(call -> reserved.addAndGet(-call.<Integer>getArgument(0)))
                .when(queue)
                .release(anyInt());
    }

    @Test
    void keepsAJobBeforeItQueuesIt() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            draft.endVisit("S1", Jobs.VISITED_AT);

            assertThat(service.submit(draft)).isEqualTo(new JobId(7));
        }

        ArgumentCaptor<Job> job = ArgumentCaptor.captor();
        InOrder order = inOrder(repository, queue);
        order.verify(repository).save(job.capture());
        order.verify(queue).enqueue(job.getValue());
        assertThat(job.getValue().head().submittedAt()).isEqualTo(Jobs.SUBMITTED_AT);
        assertThat(job.getValue().url(0)).isEqualTo("http://a/1");
        assertThat(job.getValue().visits().getFirst().store()).isPresent();
        assertThat(reserved).as("room that is the job's now").hasValue(1);
    }

    @Test
    void givesBackTheRoomOfADraftThatIsNotSubmitted() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            draft.addImage("http://a/2");
            assertThat(reserved).hasValue(2);
        }

        assertThat(reserved).hasValue(0);
        verify(repository, never()).save(any());
    }

    @Test
    void givesBackTheRoomOfImagesThatAreNotDownloaded() {
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
    void refusesTheImageThatIsOneTooMany() {
        try (JobDraft draft = service.draft()) {
            for (int i = 0; i < MAX_IMAGES; i++) {
                draft.addImage("http://a/" + i);
            }
            assertThatExceptionOfType(TooManyImagesException.class)
                    .isThrownBy(() -> draft.addImage("http://a/more"))
                    .withMessage("a job may hold at most 3 images");
        }
        assertThat(reserved).hasValue(0);
    }

    @Test
    void refusesAJobInTheMiddleWhenTheQueueIsFullAndKeepsNothing() {
        try (JobDraft draft = service.draft()) {
            draft.addImage("http://a/1");
            doThrow(new SubmissionRefusedException("full")).when(queue).reserve(1);
            assertThatExceptionOfType(SubmissionRefusedException.class).isThrownBy(() -> draft.addImage("http://a/2"));
        }
        assertThat(reserved).hasValue(0);
    }

    @Test
    void doesNotTakeADraftThatIsNotComplete() {
        try (JobDraft draft = service.draft()) {
            assertThatIllegalStateException().isThrownBy(() -> service.submit(draft));
            draft.addImage("http://a/1");
            assertThatIllegalStateException().isThrownBy(() -> service.submit(draft));
        }
        verify(repository, never()).save(any());
    }

    @Test
    void numbersImagesOverAllVisits() {
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
