package io.imageprocessor.queue;

import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Hands executions to the executor and actions to the timer. {@link FairJobQueue} calls it outside its lock. A failure
 * of either is logged and returned, never thrown. Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
final class Dispatcher {

    /** Runs an action once, after a delay. */
    interface Timer {
        void after(Duration delay, Runnable action);
    }

    private static final Duration RESTART_DELAY = Duration.ofMillis(100);

    /** Must not queue what it is given. */
    private final Executor executor;

    private final Timer timer;

    /** The current time, as {@link System#nanoTime()} returns it. */
    private final LongSupplier nanoTime;

    private final RateLimitedLog faults = new RateLimitedLog(log);

    long now() {
        return nanoTime.getAsLong();
    }

    /** Runs the execution on the executor; returns why that failed, or null. */
    @Nullable
    Throwable start(ImageExecution execution) {
        try {
            executor.execute(execution);
            return null;
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // Rejected, for example. The job must not lose the image.
            return e;
        }
    }

    /**
     * Runs {@code restart} after 100 ms. If the timer fails too, the image starts with the next change of the queue,
     * since every change starts what may start.
     *
     * @param rejected could not be started
     */
    void restartLater(ImageExecution rejected, Throwable reason, Runnable restart) {
        try {
            timer.after(RESTART_DELAY, restart);
            report(rejected, reason, "image {} of job {} not started: next attempt in 100 ms");
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            report(rejected, e, "image {} of job {} not started: next attempt at the next change of the queue");
        }
    }

    private void report(ImageExecution execution, Throwable fault, String message) {
        execution.logInContext(() -> faults.error(
                fault, message, execution.task().index(), execution.task().jobId()));
    }

    /** Runs {@code retry} after a delay, or at once if the timer fails. */
    void retryLater(Duration delay, Runnable retry) {
        try {
            timer.after(delay, retry);
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            faults.error(e, "retry timer failed: images retried at once");
            retry.run();
        }
    }
}
