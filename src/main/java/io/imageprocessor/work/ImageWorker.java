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
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.queue.ImageExecution;
import io.imageprocessor.queue.ImageWork;
import io.imageprocessor.work.Outcome.Abandoned;
import io.imageprocessor.work.Outcome.Finished;
import io.imageprocessor.work.Outcome.RetryLater;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/** Takes one image through download, GPU time and result. Blocks, so it needs virtual threads. Thread-safe. */
@Slf4j
@RequiredArgsConstructor
final class ImageWorker implements ImageWork {

    private final JobStore store;
    private final ImageProbe probe;
    private final Gpu gpu;
    private final RetryPolicy retries;
    private final WorkMeters meters;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    /**
     * Makes one attempt at an image, and records its result or requests a retry. Does nothing if the image is not
     * pending any more. If the thread is interrupted, or the result cannot be recorded, the image stays unfinished.
     */
    @Override
    public void process(ImageExecution execution) {
        ImageTask task = execution.task();
        try {
            if (!task.begun() && !store.start(task.jobId(), task.index())) {
                return;
            }
            switch (attempt(task, execution)) {
                case Finished(ImageResult result) -> record(task, result, execution);
                case RetryLater(FailureCode code, Duration delay, int attempts) -> {
                    // Before anything that may fail: without this request the image would stay running.
                    execution.retryAfter(delay, attempts);
                    meters.retried(code);
                }
                case Abandoned.INSTANCE -> {}
            }
        } catch (StorageUnavailableException e) {
            // Happens when the service stops. The image is processed after a restart, or by another replica.
            if (log.isDebugEnabled()) {
                execution.logInContext(() -> log.debug(
                        "image {} of job {} stays unfinished: storage unavailable", task.index(), task.jobId(), e));
            }
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            execution.logInContext(
                    () -> faults.error(e, "result of image {} of job {} not recorded", task.index(), task.jobId()));
        }
    }

    /** Counts the result, unless the storage kept none, because the image was cancelled or had one already. */
    private void record(ImageTask task, ImageResult result, ImageExecution execution) {
        ImageResult recorded = store.record(task.jobId(), task.index(), result);
        if (recorded != null) {
            execution.recorded(recorded);
            meters.processed(recorded, execution.sinceFirstAttempt().toNanos());
        }
    }

    private Outcome attempt(ImageTask task, ImageExecution execution) {
        long start = System.nanoTime();
        try {
            execution.downloadStarted();
            MeasuredImage image = probe.measure(task.url());
            long downloadNanos = System.nanoTime() - start;
            execution.downloaded();
            meters.downloaded(execution.waitedNanos(), downloadNanos);

            Duration gpuTime = spendGpuTime(task, execution);

            return new Finished(new ImageResult.Succeeded(
                    image.dimensions().width(),
                    image.dimensions().height(),
                    image.dimensions().format(),
                    image.bytes(),
                    task.attempt(),
                    millis(downloadNanos),
                    (int) gpuTime.toMillis()));
        } catch (ImageFailedException e) {
            return retryOrFail(task, execution, e, System.nanoTime() - start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Abandoned.INSTANCE;
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // Without a result the job would never finish.
            execution.logInContext(
                    () -> faults.error(e, "unexpected error in image {} of job {}", task.index(), task.jobId()));
            return new Finished(new ImageResult.Failed(
                    FailureCode.INTERNAL_ERROR,
                    "the service could not work on the image",
                    task.attempt(),
                    millis(System.nanoTime() - start)));
        }
    }

    private Duration spendGpuTime(ImageTask task, ImageExecution execution) throws InterruptedException {
        Duration gpuTime;
        try (Gpu.Slot slot = gpu.acquire(task.jobId().value())) {
            execution.gpuAcquired();
            gpuTime = slot.compute();
        }
        execution.gpuReleased();
        return gpuTime;
    }

    private Outcome retryOrFail(ImageTask task, ImageExecution execution, ImageFailedException e, long downloadNanos) {
        if (Thread.currentThread().isInterrupted()) {
            return Abandoned.INSTANCE;
        }
        ImageFailure failure = e.failure();
        FailureCode code = FailureCodes.of(failure);
        execution.failed(code);
        execution.downloadFailed(e.contact());
        Optional<Duration> delay = retries.delayAfter(task.attempt(), failure, execution.sinceFirstAttempt());
        if (log.isDebugEnabled()) {
            execution.logInContext(
                    () -> log.debug("image {} of job {} failed: {}", task.index(), task.jobId(), failure));
        }
        // While the circuit of a host is open, no attempt is made, and none is counted.
        boolean made = !(failure instanceof HostUnavailable);
        if (made) {
            meters.downloadFailed(execution.waitedNanos(), downloadNanos);
        }
        int attempts = made ? task.attempt() : task.attempt() - 1;
        if (delay.isPresent()) {
            return new RetryLater(code, delay.get(), attempts);
        }
        return new Finished(new ImageResult.Failed(code, failure.message(), attempts, millis(downloadNanos)));
    }

    private static int millis(long nanos) {
        return (int) TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
