package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import io.imageprocessor.logging.RateLimitedLog;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/**
 * Does what {@link FairJobQueue} has decided, outside its lock: has the work on an image done, and an image that could
 * not be started, or is to be tried again, come back in time. None is lost if the executor or the timer fails.
 * Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public final class ExecutionRunner {

    /** Runs an action after a delay. */
    public interface Timer {
        void after(Duration delay, Runnable action);
    }

    /** When another attempt is made to start what could not be started. */
    private static final Duration RESTART_DELAY = Duration.ofMillis(100);

    private final Consumer<ImageExecution> work;
    private final Executor executor;
    private final Timer timer;

    /** The time as {@link System#nanoTime()} tells it. */
    private final LongSupplier nanoTime;

    private final RateLimitedLog faults = new RateLimitedLog(log);

    /** The time of the queue. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Starts an image that {@code queue} has taken; it waits there again if that fails. */
    void start(ImageExecution passage, FairJobQueue queue) {
        try {
            executor.execute(passage);
        } catch (RuntimeException | Error e) {
            // Out of memory, say. The image must not be lost to its job.
            queue.putBack(passage);
            restartLater(passage, queue, e);
        }
    }

    private void restartLater(ImageExecution passage, FairJobQueue queue, Throwable reason) {
        try {
            timer.after(RESTART_DELAY, queue::startMore);
            report(passage, reason, "image {} of job {} could not be started yet");
        } catch (RuntimeException | Error e) {
            // Whatever changes next gives the image another chance.
            report(passage, e, "image {} of job {} could not be started before something else changes");
        }
    }

    private void report(ImageExecution passage, Throwable fault, String message) {
        ImageTask task = passage.task();
        passage.about(() -> faults.error(fault, message, task.index(), task.jobId()));
    }

    /** Works on an image that was started, and lets it wait at {@code queue} if it is to be tried again. */
    void run(ImageExecution passage, FairJobQueue queue) {
        passage.begun(now());
        try {
            passage.work(work);
        } finally {
            queue.end(passage);
            Duration retryDelay = passage.retryDelay;
            if (retryDelay != null) {
                waitForRetry(passage, queue, retryDelay);
            }
        }
    }

    private void waitForRetry(ImageExecution passage, FairJobQueue queue, Duration delay) {
        long now = now();
        long tick = RetryWheel.tickFrom(now + delay.toNanos());
        if (!queue.putOff(passage, tick)) {
            return;
        }
        try {
            timer.after(RetryWheel.untilTick(tick, now), () -> queue.comeBack(tick));
        } catch (RuntimeException | Error e) {
            faults.error(e, "images are tried again sooner than they should be");
            queue.comeBack(tick);
        }
    }
}
