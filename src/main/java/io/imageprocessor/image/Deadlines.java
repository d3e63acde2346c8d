package io.imageprocessor.image;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends attempts that take longer than the total timeout, whatever they wait for at that moment.
 *
 * <p>One thread looks through the running attempts every tick and interrupts the overdue ones: a timer per attempt would
 * cost more than a small photo's parse. An interrupt ends every wait of a <em>virtual</em> thread, be it for a free
 * connection, a name, a handshake or a byte, and closes the socket it waits on; a platform thread would read on.
 *
 * <p>Thread-safe.
 */
final class Deadlines implements AutoCloseable {

    private static final long TICK_MILLIS = 100;

    private final long timeoutNanos;
    private final long tickMillis;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    Deadlines(Duration timeout) {
        timeoutNanos = timeout.toNanos();
        tickMillis = Math.clamp(timeout.toMillis() / 8, 1, TICK_MILLIS);
        Thread.ofPlatform().daemon().name("image-deadlines").start(this::watch);
    }

    /** Starts the clock for the current thread; the attempt has to be closed by this same thread. */
    Attempt begin() {
        Attempt attempt = new Attempt(Thread.currentThread(), System.nanoTime() + timeoutNanos);
        running.add(attempt);
        return attempt;
    }

    private void watch() {
        try {
            while (!closed.await(tickMillis, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                for (Attempt attempt : running) {
                    if (attempt.deadline - now <= 0) {
                        attempt.interrupt();
                    }
                }
            }
        } catch (InterruptedException e) {
            // Nobody else knows this thread: only the end of the JVM interrupts it.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** One attempt under way. */
    final class Attempt implements AutoCloseable {
        private final Thread thread;
        private final long deadline;
        private boolean overdue;
        private boolean done;

        private Attempt(Thread thread, long deadline) {
            this.thread = thread;
            this.deadline = deadline;
        }

        // Interrupting and ending exclude each other, so that an interrupt never hits what the thread does next.
        private synchronized void interrupt() {
            if (!done && !overdue) {
                overdue = true;
                thread.interrupt();
            }
        }

        /** Whether the deadline has passed and this attempt was interrupted for it. */
        synchronized boolean overdue() {
            return overdue;
        }

        @Override
        public void close() {
            running.remove(this);
            synchronized (this) {
                done = true;
                if (overdue) {
                    Thread.interrupted();
                }
            }
        }
    }
}
