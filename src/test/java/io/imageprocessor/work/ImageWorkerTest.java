package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.returnsArgAt;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.MeasuredImage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.queue.ImageExecution;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

class ImageWorkerTest {

    private static final JobId JOB = new JobId(7);
    private static final String URL = "http://a/photo.jpg";

    private final JobStore store = mock();
    private final ImageProbe probe = mock();
    private final Gpu gpu = mock();
    private final Gpu.Slot slot = mock();
    private final ImageExecution execution = mock();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ImageWorker worker = new ImageWorker(
            store, probe, gpu, new RetryPolicy(3, Duration.ofSeconds(90), () -> 0), new WorkMeters(meters));

    @BeforeEach
    void letEveryStepSucceed() throws Exception {
        when(store.start(JOB, 4)).thenReturn(true);
        when(probe.measure(URL)).thenReturn(new MeasuredImage(new ImageDimensions(640, 480, "jpeg"), 12_345));
        when(gpu.acquire(JOB.value())).thenReturn(slot);
        when(slot.compute()).thenReturn(Duration.ofMillis(250));
        when(execution.sinceFirstAttempt()).thenReturn(Duration.ZERO);
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void recordsTheSizeOfADownloadedImageAfterItsGpuTime() {
        process(attempt(1));

        assertThat(recorded()).isInstanceOfSatisfying(ImageResult.Succeeded.class, result -> {
            assertThat(result.width()).isEqualTo(640);
            assertThat(result.height()).isEqualTo(480);
            assertThat(result.perimeter()).isEqualTo(2240);
            assertThat(result.format()).isEqualTo("jpeg");
            assertThat(result.bytes()).isEqualTo(12_345);
            assertThat(result.attempts()).isEqualTo(1);
            assertThat(result.gpuMillis()).isEqualTo(250);
        });
    }

    @Test
    void holdsASlotOnlyForTheGpuTime() throws Exception {
        process(attempt(1));

        InOrder order = inOrder(probe, execution, gpu, slot, store);
        order.verify(store).start(JOB, 4);
        order.verify(probe).measure(URL);
        order.verify(execution).downloaded();
        order.verify(gpu).acquire(JOB.value());
        order.verify(execution).gpuAcquired();
        order.verify(slot).compute();
        order.verify(slot).close();
        order.verify(execution).gpuReleased();
        order.verify(store).record(any(), anyInt(), any());
    }

    @Test
    void recordsWhyAnImageFailedWithoutSpendingGpuTime() throws Exception {
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(404)));

        process(attempt(1));

        assertThat(recorded()).isInstanceOfSatisfying(ImageResult.Failed.class, result -> {
            assertThat(result.code()).isEqualTo(FailureCode.HTTP_STATUS);
            assertThat(result.message()).contains("404");
            assertThat(result.attempts()).isEqualTo(1);
        });
        verifyNoInteractions(gpu);
    }

    @Test
    void countsAndTimesEachRecordedResult() throws Exception {
        when(store.record(any(), anyInt(), any())).then(returnsArgAt(2));
        when(execution.sinceFirstAttempt()).thenReturn(Duration.ofSeconds(3));
        when(execution.waitedNanos()).thenReturn(5_000_000L);
        process(attempt(1));
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(404)));
        process(attempt(1));

        assertThat(images("succeeded", "none")).isEqualTo(1);
        assertThat(images("failed", "http_status")).isEqualTo(1);
        for (String timer : new String[] {"imageprocessor.downloads", "imageprocessor.images.processed"}) {
            assertThat(meters.get(timer).tag("outcome", "succeeded").timer().count())
                    .isEqualTo(1);
            assertThat(meters.get(timer).tag("outcome", "failed").timer().count())
                    .isEqualTo(1);
        }
        assertThat(meters.get("imageprocessor.images.processed")
                        .tag("outcome", "succeeded")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .as("from the first attempt on")
                .isEqualTo(3);
        assertThat(meters.get("imageprocessor.images.waited").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(10);
    }

    @Test
    void countsAndTracesTheResultThatTheStorageKept() {
        ImageResult kept = new ImageResult.Failed(FailureCode.INTERNAL_ERROR, "expected by this test", 1, 20);
        when(store.record(any(), anyInt(), any())).thenReturn(kept);

        process(attempt(1));

        assertThat(images("failed", "internal_error")).isEqualTo(1);
        assertThat(images("succeeded", "none")).isZero();
        verify(execution).recorded(kept);
    }

    @Test
    void doesNotCountAResultThatTheStorageIgnored() {
        process(attempt(1));

        assertThat(images("succeeded", "none")).isZero();
        assertThat(meters.get("imageprocessor.downloads")
                        .tag("outcome", "succeeded")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsAnAttemptThatWasNotMadeAsRetryAndNotAsDownload() throws Exception {
        when(probe.measure(URL))
                .thenThrow(new ImageFailedException(new ImageFailure.HostUnavailable("dead", Duration.ZERO)));

        process(attempt(1));

        assertThat(meters.get("imageprocessor.downloads.retried")
                        .tag("code", "host_unavailable")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("imageprocessor.downloads")
                        .tag("outcome", "failed")
                        .timer()
                        .count())
                .isZero();
        assertThat(meters.get("imageprocessor.images.waited").timer().count()).isZero();
    }

    private double images(String outcome, String code) {
        return meters.get("imageprocessor.images")
                .tags("outcome", outcome, "code", code)
                .counter()
                .count();
    }

    @Test
    void requestsARetryOfARetryableFailure() throws Exception {
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(503)));

        process(attempt(1));

        verify(execution).retryAfter(Duration.ofMillis(500), 1);
        verify(store, never()).record(any(), anyInt(), any());
    }

    @Test
    void recordsARetryableFailureOfTheLastAttempt() throws Exception {
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(503)));

        process(attempt(3));

        assertThat(recorded().attempts()).isEqualTo(3);
        verify(execution, never()).retryAfter(any(), anyInt());
    }

    @Test
    void recordsARetryableFailureAfterTheTimeForTheImage() throws Exception {
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(503)));
        when(execution.sinceFirstAttempt()).thenReturn(Duration.ofSeconds(90));

        process(attempt(2));

        assertThat(recorded().attempts()).isEqualTo(2);
        verify(execution, never()).retryAfter(any(), anyInt());
    }

    @Test
    void reportsHowTheHostResponded() throws Exception {
        when(probe.measure(URL)).thenThrow(new ImageFailedException(new ImageFailure.Timeout("expected by this test")));

        process(attempt(1));

        verify(execution).downloadFailed(ImageFailure.Contact.TIMED_OUT);
    }

    @Test
    void countsNoAttemptWhileTheCircuitOfTheHostIsOpen() throws Exception {
        when(probe.measure(URL))
                .thenThrow(new ImageFailedException(
                        new ImageFailure.HostUnavailable("the host has not answered lately", Duration.ofSeconds(9))));
        when(execution.sinceFirstAttempt()).thenReturn(Duration.ZERO);

        process(attempt(3));

        verify(execution).retryAfter(Duration.ofSeconds(9).plusMillis(2000), 2);
    }

    @Test
    void reportsTheHostOfTheUrlAndNotTheOneOfARedirect() throws Exception {
        ImageFailedException elsewhere = mock();
        when(elsewhere.failure()).thenReturn(new ImageFailure.Timeout("the origin was silent for 10s"));
        when(elsewhere.contact()).thenReturn(ImageFailure.Contact.ANSWERED);
        when(probe.measure(URL)).thenThrow(elsewhere);

        process(attempt(1));

        verify(execution).downloadFailed(ImageFailure.Contact.ANSWERED);
    }

    @Test
    void countsTheAttemptThatSucceeded() {
        process(attempt(2));

        assertThat(recorded().attempts()).isEqualTo(2);
        verify(store, never()).start(any(), anyInt());
    }

    @Test
    void skipsAnImageThatIsNotPending() {
        when(store.start(JOB, 4)).thenReturn(false);

        process(attempt(1));

        verifyNoInteractions(probe, gpu);
        verify(store, never()).record(any(), anyInt(), any());
    }

    @Test
    void leavesAnImageUnfinishedWhenInterruptedOnTheGpu() throws Exception {
        when(slot.compute()).thenThrow(new InterruptedException());

        process(attempt(1));

        verify(store, never()).record(any(), anyInt(), any());
        verify(slot).close();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void leavesAnImageUnfinishedWhenInterruptedInTheDownload() throws Exception {
        when(probe.measure(URL)).thenAnswer(_ -> {
            Thread.currentThread().interrupt();
            throw new ImageFailedException(new ImageFailure.HttpStatus(404));
        });

        process(attempt(1));

        verify(store, never()).record(any(), anyInt(), any());
    }

    @Test
    void recordsAnUnexpectedErrorSoThatTheJobEnds() throws Exception {
        when(probe.measure(URL)).thenThrow(new IllegalStateException("expected by this test"));

        process(attempt(1));

        assertThat(recorded())
                .isInstanceOfSatisfying(
                        ImageResult.Failed.class,
                        result -> assertThat(result.code()).isEqualTo(FailureCode.INTERNAL_ERROR));
    }

    @Test
    void recordsNothingElseWhenRecordingFails() {
        when(store.record(any(), anyInt(), any())).thenThrow(new IllegalStateException("expected by this test"));

        process(attempt(1));

        assertThat(recorded()).isInstanceOf(ImageResult.Succeeded.class);
    }

    @Test
    void logsAFaultOfAllImagesOnce() throws Exception {
        when(probe.measure(URL)).thenThrow(new IllegalStateException("expected by this test"));
        when(store.record(any(), anyInt(), any())).thenThrow(new IllegalStateException("this too"));
        doAnswer(call -> {
                    call.<Runnable>getArgument(0).run();
                    return null;
                })
                .when(execution)
                .logInContext(any());

        try (LogLines log = new LogLines(Level.INFO)) {
            for (int image = 0; image < 100; image++) {
                process(attempt(1));
            }

            assertThat(log.messages())
                    .containsExactly("unexpected error in image 4 of job 7", "result of image 4 of job 7 not recorded");
        }
    }

    private void process(ImageTask task) {
        when(execution.task()).thenReturn(task);
        worker.process(execution);
    }

    private ImageResult recorded() {
        ArgumentCaptor<ImageResult> result = ArgumentCaptor.captor();
        verify(store).record(eq(JOB), eq(4), result.capture());
        return result.getValue();
    }

    private static ImageTask attempt(int attempt) {
        return new ImageTask(JOB, 4, URL, attempt, attempt > 1);
    }
}
