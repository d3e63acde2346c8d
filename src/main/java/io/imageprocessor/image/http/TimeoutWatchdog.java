package io.imageprocessor.image.http;

import io.imageprocessor.logging.GuardedTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts attempts that exceed the total timeout, or whose origin sends nothing for the read timeout.
 *
 * <p>One thread checks all running attempts every tick. A timer per attempt or a socket timeout per read would wake a
 * scheduler thread of the JDK for each of them, which costs a quarter of the CPU time of a small photo. A tick costs
 * almost nothing; timeouts are accurate to a tenth of a second. An interrupt ends every wait of a <em>virtual</em>
 * thread (for a free connection, a name, a handshake or a byte) and closes its socket. A platform thread would continue
 * to read.
 *
 * <p>Thread-safe.
 */
final class TimeoutWatchdog implements AutoCloseable {

    private static final long MAX_TICK_MILLIS = 100;

    private final long totalTimeoutNanos;
    private final long readTimeoutNanos;
    private final long tickMillis;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
    private final GuardedTask checking = new GuardedTask("checking download timeouts");
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Starts the thread. */
    TimeoutWatchdog(Duration totalTimeout, Duration readTimeout) {
        totalTimeoutNanos = totalTimeout.toNanos();
        readTimeoutNanos = readTimeout.toNanos();
        tickMillis = Math.clamp(Math.min(totalTimeout.toMillis(), readTimeout.toMillis()) / 8, 1, MAX_TICK_MILLIS);
        Thread.ofPlatform().daemon().name("image-timeouts").start(this::watch);
    }

    /** The timeout that ended an attempt. */
    enum TimeoutKind {
        /** No timeout ended it. */
        NONE,
        /** The total timeout. */
        TOTAL_TIMEOUT,
        /** The read timeout: the origin sent no response header, or no further byte of a body, for that long. */
        READ_TIMEOUT
    }

    /** Starts the total timeout of an attempt on the current thread, which must also close the attempt. */
    Attempt begin() {
        Attempt attempt = new Attempt(Thread.currentThread(), System.nanoTime() + totalTimeoutNanos);
        running.add(attempt);
        return attempt;
    }

    /** Returns whether no attempt is running. */
    boolean isIdle() {
        return running.isEmpty();
    }

    private void watch() {
        try {
            while (!closed.await(tickMillis, TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            // This thread is private, so only the end of the JVM interrupts it.
            Thread.currentThread().interrupt();
        }
    }

    /** No exception may end this thread: without it, no attempt would time out. */
    private void tick() {
        checking.run(() -> {
            long now = System.nanoTime();
            running.forEach(attempt -> attempt.check(now, readTimeoutNanos));
        });
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** One running attempt. Its own thread calls all methods except {@code check}. */
    final class Attempt implements AutoCloseable {
        private final Thread thread;
        private final long deadline;

        /** Whether the read timeout runs. It does not while a connection is awaited or opened. */
        private volatile boolean reading;

        /** Set by each sign of activity and cleared at each tick, so that the reader does not need the time. */
        private volatile boolean active;

        /** Whether the host causes the wait; used only by the attempt's own thread. */
        private boolean hostResponsible;

        private long lastActivity;
        private TimeoutKind timeout = TimeoutKind.NONE;
        private boolean done;

        private Attempt(Thread thread, long deadline) {
            this.thread = thread;
            this.deadline = deadline;
        }

        /** Starts the read timeout. */
        void startReadTimeout() {
            active = true;
            reading = true;
        }

        /** Restarts the read timeout: the origin has sent something. */
        void recordActivity() {
            if (!active) {
                active = true;
            }
        }

        /** Stops the read timeout: the response is complete, or the connection is being replaced. */
        void stopReadTimeout() {
            reading = false;
            hostResponsible = false;
        }

        /** Records that a connection is available: from now on, the host is responsible for every wait. */
        void connectionLeased() {
            hostResponsible = true;
        }

        /** Returns whether the host is responsible for the wait, and not the lack of a free connection. */
        boolean isHostResponsible() {
            return hostResponsible;
        }

        private void check(long now, long readTimeout) {
            if (deadline - now <= 0) {
                end(TimeoutKind.TOTAL_TIMEOUT);
            } else if (active || !reading) {
                active = false;
                lastActivity = now;
            } else if (now - lastActivity >= readTimeout) {
                end(TimeoutKind.READ_TIMEOUT);
            }
        }

        // Synchronized with close(), so that an interrupt cannot hit what the thread does after the attempt.
        private synchronized void end(TimeoutKind kind) {
            if (!done && timeout == TimeoutKind.NONE) {
                timeout = kind;
                thread.interrupt();
            }
        }

        /** Returns which timeout interrupted this attempt, if one did. */
        synchronized TimeoutKind timeout() {
            return timeout;
        }

        /** Ends the attempt, and clears the thread's interrupt status if a timeout has set it. */
        @Override
        public void close() {
            running.remove(this);
            synchronized (this) {
                done = true;
                if (timeout != TimeoutKind.NONE) {
                    Thread.interrupted();
                }
            }
        }
    }
}
