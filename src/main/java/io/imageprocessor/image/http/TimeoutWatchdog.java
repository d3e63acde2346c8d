package io.imageprocessor.image.http;

import io.imageprocessor.logging.GuardedTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends attempts that take longer than the total timeout, or whose origin is silent for longer than the read timeout,
 * whatever they wait for at that moment.
 *
 * <p>One thread looks through the running attempts every tick and interrupts those. A timer per attempt or a socket
 * timeout per read would have the JDK wake a scheduler thread for each of them, which costs a quarter of a small
 * photo's CPU time; a tick costs next to nothing, and a tenth of a second's precision. An interrupt ends every wait of
 * a <em>virtual</em> thread, be it for a free connection, a name, a handshake or a byte, and closes the socket it waits
 * on; a platform thread would read on.
 *
 * <p>Thread-safe.
 */
public final class TimeoutWatchdog implements AutoCloseable {

    private static final long TICK_MILLIS = 100;

    private final long totalNanos;
    private final long silenceNanos;
    private final long tickMillis;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
    private final GuardedTask checking = new GuardedTask("checking download timeouts");
    private final CountDownLatch closed = new CountDownLatch(1);

    public TimeoutWatchdog(Duration totalTimeout, Duration readTimeout) {
        totalNanos = totalTimeout.toNanos();
        silenceNanos = readTimeout.toNanos();
        tickMillis = Math.clamp(Math.min(totalTimeout.toMillis(), readTimeout.toMillis()) / 8, 1, TICK_MILLIS);
        Thread.ofPlatform().daemon().name("image-deadlines").start(this::watch);
    }

    /** Why an attempt was ended, if it was. */
    enum Expiry {
        NONE,
        /** The total timeout passed. */
        OVERDUE,
        /** For as long as the read timeout, the origin sent no head of an answer, or nothing further of a body. */
        SILENT
    }

    /** Starts the clock for the current thread; the attempt has to be closed by this same thread. */
    public Attempt begin() {
        Attempt attempt = new Attempt(Thread.currentThread(), System.nanoTime() + totalNanos);
        running.add(attempt);
        return attempt;
    }

    /** Whether no attempt is running. */
    public boolean isIdle() {
        return running.isEmpty();
    }

    private void watch() {
        try {
            while (!closed.await(tickMillis, TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            // Nobody else knows this thread: only the end of the JVM interrupts it.
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing may end this thread while the service runs: without it, nothing would ever time out. */
    private void tick() {
        checking.run(() -> {
            long now = System.nanoTime();
            running.forEach(attempt -> attempt.check(now, silenceNanos));
        });
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** One attempt under way. */
    public final class Attempt implements AutoCloseable {
        private final Thread thread;
        private final long deadline;

        /** Silence counts while the origin is listened to, and not while a connection is awaited or made. */
        private volatile boolean listening;

        /** Set at every sign of life and cleared at every tick: the reader need not know the time. */
        private volatile boolean heard;

        /** Whether it is the host that is waited for; used by the attempt's own thread only. */
        private boolean atHost;

        private long silentSince;
        private Expiry expiry = Expiry.NONE;
        private boolean done;

        private Attempt(Thread thread, long deadline) {
            this.thread = thread;
            this.deadline = deadline;
        }

        /** From now on the origin has to be heard from. */
        void listen() {
            heard = true;
            listening = true;
        }

        /** The origin was heard from. */
        void heard() {
            if (!heard) {
                heard = true;
            }
        }

        /** The origin has said what it had to say. */
        void stopListening() {
            listening = false;
            atHost = false;
        }

        /** There is a connection to use: whatever takes time from now on, the host is to blame. */
        void turnToHost() {
            atHost = true;
        }

        /** Whether the host is to blame for the time that passes, rather than the lack of a free connection. */
        boolean isAtHost() {
            return atHost;
        }

        private void check(long now, long longestSilence) {
            if (deadline - now <= 0) {
                end(Expiry.OVERDUE);
            } else if (heard || !listening) {
                heard = false;
                silentSince = now;
            } else if (now - silentSince >= longestSilence) {
                end(Expiry.SILENT);
            }
        }

        // Interrupting and closing exclude each other, so that an interrupt never hits what the thread does next.
        private synchronized void end(Expiry reason) {
            if (!done && expiry == Expiry.NONE) {
                expiry = reason;
                thread.interrupt();
            }
        }

        /** Why this attempt was interrupted, if it was. */
        synchronized Expiry expiry() {
            return expiry;
        }

        @Override
        public void close() {
            running.remove(this);
            synchronized (this) {
                done = true;
                if (expiry != Expiry.NONE) {
                    Thread.interrupted();
                }
            }
        }
    }
}
