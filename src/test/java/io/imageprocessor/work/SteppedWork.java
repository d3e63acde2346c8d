package io.imageprocessor.work;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Work on an image that goes on from pause to pause when the test says so, and only then: the test waits meanwhile. So one
 * thing happens at a time, in an order that the test decides, though each work has a thread that can be interrupted.
 */
final class SteppedWork {

    private static final ThreadLocal<SteppedWork> CURRENT = new ThreadLocal<>();

    final Passage passage;

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

    SteppedWork(Passage passage) {
        this.passage = passage;
    }

    /** The work that the calling thread does. */
    static SteppedWork current() {
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
        stopped.acquireUninterruptibly();
        if (failure != null) {
            throw new AssertionError("the work failed", failure);
        }
    }

    /** Called by the work: waits for the test, interrupted or not. */
    void pause() {
        stopped.release();
        goOn.acquireUninterruptibly();
    }

    boolean isOver() {
        return over;
    }
}
