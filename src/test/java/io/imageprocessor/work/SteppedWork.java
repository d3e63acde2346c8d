package io.imageprocessor.work;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.MeasuredImage;
import io.imageprocessor.queue.ImageExecution;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs an execution on a thread of its own, from pause to pause, each step started by the test, which waits for it. So
 * one step happens at a time, in the order of the test, and the work can still be interrupted.
 */
final class SteppedWork {

    /** Work that takes longer is stuck. */
    private static final Duration MAX_STEP = Duration.ofSeconds(5);

    private static final ThreadLocal<SteppedWork> CURRENT = new ThreadLocal<>();

    final ImageExecution execution;

    /** The outcome of the step after the pause. */
    DownloadOutcome outcome = DownloadOutcome.MEASURED;

    private final Semaphore resume = new Semaphore(0);
    private final Semaphore stopped = new Semaphore(0);
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    /** The outcome of a download. */
    enum DownloadOutcome {
        MEASURED,
        /** Ignores an interrupt. */
        MEASURED_UNINTERRUPTIBLY,
        NOT_FOUND,
        BUSY,
        TIMED_OUT,
        CIRCUIT_OPEN
    }

    SteppedWork(ImageExecution execution) {
        this.execution = execution;
    }

    /** The work of the calling thread. */
    private static SteppedWork current() {
        return CURRENT.get();
    }

    /** Runs the work to its first pause, or its end. */
    void begin() {
        Thread.ofVirtual().start(() -> {
            CURRENT.set(this);
            try {
                execution.run();
                if (Thread.currentThread().isInterrupted()) {
                    throw new AssertionError("the thread is still interrupted after the work");
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                over = true;
                stopped.release();
            }
        });
        awaitPause();
    }

    /** Runs the work to its next pause, or its end. */
    void proceed() {
        resume.release();
        awaitPause();
    }

    private void awaitPause() {
        try {
            if (!stopped.tryAcquire(MAX_STEP.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the work is stuck");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        }
        if (failure != null) {
            throw new AssertionError("the work failed", failure);
        }
    }

    /** Waits for the test; an interrupt does not end the wait. */
    private void pause() {
        stopped.release();
        resume.acquireUninterruptibly();
    }

    boolean isOver() {
        return over;
    }

    /** Returns or throws the outcome of the calling work. */
    static ImageProbe probe() throws Exception {
        ImageProbe probe = mock(withSettings().stubOnly());
        when(probe.measure(any())).thenAnswer(_ -> {
            current().pause();
            return switch (outcome()) {
                case MEASURED, MEASURED_UNINTERRUPTIBLY -> new MeasuredImage(new ImageDimensions(3, 4, "png"), 5);
                case NOT_FOUND -> throw new ImageFailedException(new ImageFailure.HttpStatus(404));
                case BUSY -> throw new ImageFailedException(new ImageFailure.HttpStatus(503));
                case TIMED_OUT -> {
                    // The timeout interrupts the download, and that hides any other interrupt.
                    Thread.interrupted();
                    throw new ImageFailedException(new ImageFailure.Timeout("silent"));
                }
                case CIRCUIT_OPEN ->
                    throw new ImageFailedException(new ImageFailure.HostUnavailable("silent", Duration.ofSeconds(20)));
            };
        });
        return probe;
    }

    /** An interrupt ends a download, unless it is uninterruptible. */
    private static DownloadOutcome outcome() throws ImageFailedException {
        DownloadOutcome outcome = current().outcome;
        if (Thread.currentThread().isInterrupted() && outcome == DownloadOutcome.MEASURED) {
            throw new ImageFailedException(new ImageFailure.ConnectFailure("interrupted"));
        }
        return outcome;
    }

    /** Pauses the work while it waits for a slot, and while it holds it. */
    static Gpu gpu() throws Exception {
        Gpu gpu = mock(withSettings().stubOnly());
        Gpu.Slot slot = mock(withSettings().stubOnly());
        when(slot.compute()).thenAnswer(_ -> paused(Duration.ofMillis(250)));
        when(gpu.acquire(anyLong())).thenAnswer(_ -> paused(slot));
        return gpu;
    }

    private static <T> T paused(T result) throws InterruptedException {
        SteppedWork work = current();
        work.pause();
        if (work.outcome != DownloadOutcome.MEASURED_UNINTERRUPTIBLY && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return result;
    }
}
