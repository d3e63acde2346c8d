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
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.queue.ImageExecution;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Takes one image all the way: download and size, GPU time, result. Thread-safe; blocks, so it wants virtual threads.
 */
@Slf4j
@RequiredArgsConstructor
final class ImageWorker {

    private final JobStore store;
    private final ImageProbe probe;
    private final Gpu gpu;
    private final RetryPolicy retries;
    private final WorkMeters meters;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    /**
     * Works on an image until it has a result or is to be tried again. An image that is not pending any more is left
     * alone; one whose thread is interrupted, or whose result cannot be kept, has no result and stays unfinished.
     */
    public void process(ImageTask task, ImageExecution passage) {
        try {
            if (!task.begun() && !store.start(task.jobId(), task.index())) {
                return;
            }
            ImageResult result = work(task, passage);
            ImageResult kept = result == null ? null : store.record(task.jobId(), task.index(), result);
            if (kept != null) {
                passage.recorded(kept);
                meters.processed(kept, passage.sinceFirstAttempt().toNanos());
            }
        } catch (StorageUnavailableException e) {
            // The service stops, and whoever has the image next works on it.
            if (log.isDebugEnabled()) {
                passage.about(() -> log.debug("image {} of job {} is left to others", task.index(), task.jobId(), e));
            }
        } catch (RuntimeException | Error e) {
            passage.about(() ->
                    faults.error(e, "image {} of job {} has no result that can be kept", task.index(), task.jobId()));
        }
    }

    /** The result of this attempt; null if the image is to be tried again, or not to be worked on any more. */
    private @Nullable ImageResult work(ImageTask task, ImageExecution passage) {
        long start = System.nanoTime();
        try {
            passage.downloading();
            MeasuredImage image = probe.measure(task.url());
            long downloadNanos = System.nanoTime() - start;
            passage.downloaded();
            meters.downloaded(passage.waitedNanos(), downloadNanos);

            Duration gpuTime = spendGpuTime(task, passage);

            return new ImageResult.Succeeded(
                    image.dimensions().width(),
                    image.dimensions().height(),
                    image.dimensions().format(),
                    image.bytes(),
                    task.attempt(),
                    millis(downloadNanos),
                    (int) gpuTime.toMillis());
        } catch (ImageFailedException e) {
            return retryOrFail(task, passage, e, System.nanoTime() - start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (RuntimeException | Error e) {
            // A fault of this service. Without a result the job would never end.
            passage.about(() -> faults.error(e, "image {} of job {} met a fault", task.index(), task.jobId()));
            return new ImageResult.Failed(
                    FailureCode.INTERNAL_ERROR,
                    "the service could not work on the image",
                    task.attempt(),
                    millis(System.nanoTime() - start));
        }
    }

    private Duration spendGpuTime(ImageTask task, ImageExecution passage) throws InterruptedException {
        try (Gpu.Slot slot = gpu.acquire(task.jobId().value())) {
            passage.admitted();
            Duration gpuTime = slot.compute();
            passage.computed();
            return gpuTime;
        }
    }

    private @Nullable ImageResult retryOrFail(
            ImageTask task, ImageExecution passage, ImageFailedException e, long downloadNanos) {
        if (Thread.currentThread().isInterrupted()) {
            return null;
        }
        ImageFailure failure = e.failure();
        passage.failed(codeOf(failure));
        passage.downloadFailed(e.contact());
        Optional<Duration> delay = retries.delayAfter(task.attempt(), failure, passage.sinceFirstAttempt());
        if (log.isDebugEnabled()) {
            passage.about(() -> log.debug("image {} of job {} failed: {}", task.index(), task.jobId(), failure));
        }
        boolean made = !(failure instanceof HostUnavailable);
        if (made) {
            meters.downloadFailed(passage.waitedNanos(), downloadNanos);
        }
        int attempts = made ? task.attempt() : task.attempt() - 1;
        if (delay.isPresent()) {
            passage.retryAfter(delay.get(), attempts);
            meters.retried(codeOf(failure));
            return null;
        }
        return new ImageResult.Failed(codeOf(failure), failure.message(), attempts, millis(downloadNanos));
    }

    private static FailureCode codeOf(ImageFailure failure) {
        return FailureCode.of(failure.code()).orElseThrow();
    }

    private static int millis(long nanos) {
        return (int) TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
