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
 * Work on an image that goes on from pause to pause when the test says so, and only then: the test waits meanwhile. So
 * one thing happens at a time, in an order that the test decides, though each work has a thread that can be
 * interrupted.
 */
final class SteppedWork {

    /** Far more than a step takes: work that needs longer is stuck. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

    private static final ThreadLocal<SteppedWork> CURRENT = new ThreadLocal<>();

    final ImageExecution passage;

    /** How the work is to go on from its pause. */
    Outcome outcome = Outcome.MEASURED;

    private final Semaphore goOn = new Semaphore(0);
    private final Semaphore stopped = new Semaphore(0);
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    /** What becomes of a download. */
    enum Outcome {
        MEASURED,
        /** Although it was interrupted. */
        MEASURED_IN_ANY_CASE,
        NOT_FOUND,
        BUSY,
        TIMED_OUT,
        LEFT_ALONE
    }

    SteppedWork(ImageExecution passage) {
        this.passage = passage;
    }

    /** The work that the calling thread does. */
    private static SteppedWork current() {
        return CURRENT.get();
    }

    /** Lets the work begin and come to its first pause, or its end. */
    void begin() {
        Thread.ofVirtual().start(() -> {
            CURRENT.set(this);
            try {
                passage.run();
                if (Thread.currentThread().isInterrupted()) {
                    throw new AssertionError("an interrupt has outlived the work");
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                over = true;
                stopped.release();
            }
        });
        awaitStop();
    }

    /** Lets the work go on to its next pause, or its end. */
    void proceed() {
        goOn.release();
        awaitStop();
    }

    private void awaitStop() {
        try {
            if (!stopped.tryAcquire(LONGEST_STEP.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the work neither goes on nor ends");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        }
        if (failure != null) {
            throw new AssertionError("the work failed", failure);
        }
    }

    /** Waits for the test, interrupted or not. */
    private void pause() {
        stopped.release();
        goOn.acquireUninterruptibly();
    }

    boolean isOver() {
        return over;
    }

    /** Downloads as the work under way is told to. */
    static ImageProbe probe() throws Exception {
        ImageProbe probe = mock(withSettings().stubOnly());
        when(probe.measure(any())).thenAnswer(_ -> {
            current().pause();
            return switch (outcome()) {
                case MEASURED, MEASURED_IN_ANY_CASE -> new MeasuredImage(new ImageDimensions(3, 4, "png"), 5);
                case NOT_FOUND -> throw new ImageFailedException(new ImageFailure.HttpStatus(404));
                case BUSY -> throw new ImageFailedException(new ImageFailure.HttpStatus(503));
                case TIMED_OUT -> {
                    // The interrupt was that of the timeout, which stands for any other that came with it.
                    Thread.interrupted();
                    throw new ImageFailedException(new ImageFailure.Timeout("silent"));
                }
                case LEFT_ALONE ->
                    throw new ImageFailedException(new ImageFailure.HostUnavailable("silent", Duration.ofSeconds(20)));
            };
        });
        return probe;
    }

    /** An interrupt ends a download, unless that is deaf to it. */
    private static Outcome outcome() throws ImageFailedException {
        Outcome outcome = current().outcome;
        if (Thread.currentThread().isInterrupted() && outcome == Outcome.MEASURED) {
            throw new ImageFailedException(new ImageFailure.ConnectFailure("interrupted"));
        }
        return outcome;
    }

    /** Lets the work pause in line for a slot, and on it. */
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
        if (work.outcome != Outcome.MEASURED_IN_ANY_CASE && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return result;
    }
}
