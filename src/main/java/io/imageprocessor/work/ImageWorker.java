package io.imageprocessor.work;

import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.MeasuredImage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobRepository;
import java.time.Duration;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/** Takes one image all the way: download and size, GPU time, result. Thread-safe; blocks, so it wants virtual threads. */
@Slf4j
@RequiredArgsConstructor
final class ImageWorker {

    private final JobRepository repository;
    private final ImageProbe probe;
    private final Gpu gpu;
    private final RetryPolicy retries;

    /**
     * Works on an image until it has a result or is to be tried again. An image that is not pending any more is left
     * alone; one whose thread is interrupted has no result and stays unfinished.
     */
    void process(ImageTask task, Passage passage) {
        if (!task.begun() && !repository.start(task.jobId(), task.index())) {
            return;
        }
        long start = System.nanoTime();
        try {
            MeasuredImage image = probe.measure(task.url());
            int downloadMillis = millisSince(start);
            passage.downloaded();

            Duration gpuTime = spendGpuTime(task, passage);

            record(
                    task,
                    new ImageResult.Succeeded(
                            image.dimensions().width(),
                            image.dimensions().height(),
                            image.dimensions().format(),
                            image.bytes(),
                            task.attempt(),
                            downloadMillis,
                            (int) gpuTime.toMillis()));
        } catch (ImageFailedException e) {
            retryOrFail(task, passage, e, millisSince(start));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // A fault of this service. Without a result the job would never end.
            log.error("image {} of job {}", task.index(), task.jobId(), e);
            record(
                    task,
                    new ImageResult.Failed(
                            FailureCode.INTERNAL_ERROR,
                            "the service could not work on the image",
                            task.attempt(),
                            millisSince(start)));
        }
    }

    private Duration spendGpuTime(ImageTask task, Passage passage) throws InterruptedException {
        try (Gpu.Slot slot = gpu.acquire(task.jobId().value())) {
            passage.admitted();
            return slot.compute();
        }
    }

    private void retryOrFail(ImageTask task, Passage passage, ImageFailedException e, int downloadMillis) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        ImageFailure failure = e.failure();
        passage.downloadFailed(e.contact());
        Optional<Duration> delay = retries.delayAfter(task.attempt(), failure, passage.sinceFirstAttempt());
        log.debug("image {} of job {} failed: {}", task.index(), task.jobId(), failure);
        int attempts = failure instanceof HostUnavailable ? task.attempt() - 1 : task.attempt();
        if (delay.isPresent()) {
            passage.retryAfter(delay.get(), attempts);
        } else {
            record(task, new ImageResult.Failed(codeOf(failure), failure.message(), attempts, downloadMillis));
        }
    }

    private static FailureCode codeOf(ImageFailure failure) {
        return FailureCode.of(failure.code()).orElseThrow();
    }

    private void record(ImageTask task, ImageResult result) {
        repository.record(task.jobId(), task.index(), result);
    }

    private static int millisSince(long startNanos) {
        return (int) Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    }
}
