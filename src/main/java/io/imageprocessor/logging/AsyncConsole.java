package io.imageprocessor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/**
 * Formats and writes the lines of the console on one thread, many lines with one call of the operating system. Without
 * it, the threads that serve would format their lines and write them one after another.
 *
 * <p>No line is dropped: if the queue is full, the threads that log write its lines, and {@link #stop} returns after
 * the last line. A line is written at once if no other one waits, and a warning or an error by the thread that logs it.
 * The last lines of level INFO may be missing if the process ends at once: by SIGKILL, a crash, or
 * {@code -XX:+ExitOnOutOfMemoryError}. Thread-safe.
 */
public final class AsyncConsole extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Lines that wait to be written; each takes some 500 bytes of the heap. */
    private static final int CAPACITY = 1_024;

    private static final int BUFFER_BYTES = 32 * 1024;

    /** How long a thread of a process that halts waits for its lines. */
    private static final Duration MAX_HALT_DELAY = Duration.ofSeconds(1);

    private static final Duration POLL = Duration.ofMillis(1);

    private static volatile @Nullable AsyncConsole installed;

    private final ConsoleAppender<ILoggingEvent> console;
    private final OutputStream buffer;
    private final Queue<ILoggingEvent> queue = new ArrayBlockingQueue<>(CAPACITY);

    /** Held while lines are taken from the queue and written, so that they stay in order. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Thread writer =
            Thread.ofPlatform().name("log-console").daemon().unstarted(this::write);

    /** Whether the writer waits for a line. */
    private volatile boolean idle;

    /** Whether the process is about to halt, so that each thread waits for its lines. */
    private volatile boolean halting;

    private AsyncConsole(ConsoleAppender<ILoggingEvent> console) {
        this.console = console;
        buffer = new BufferedOutputStream(console.getOutputStream(), BUFFER_BYTES);
        setContext(console.getContext());
        setName("ASYNC_" + console.getName());
    }

    /** Puts the queue before the console of the current logging configuration, unless it has none. */
    public static void install(ILoggerFactory loggers) {
        if (!(loggers instanceof LoggerContext context)) {
            return;
        }
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        if (root.getAppender("CONSOLE") instanceof ConsoleAppender<ILoggingEvent> console && console.isStarted()) {
            AsyncConsole async = new AsyncConsole(console);
            console.setImmediateFlush(false);
            console.setOutputStream(async.buffer);
            async.start();
            root.addAppender(async);
            root.detachAppender(console);
            installed = async;
        }
    }

    /** Waits until the lines of the queue are written, and from now on each thread for its lines; a second at most. */
    static void halting() {
        AsyncConsole console = installed;
        if (console != null) {
            console.halting = true;
            console.awaitWritten();
        }
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        boolean queued = queue.offer(event);
        while (!queued && !halting) {
            drain();
            queued = queue.offer(event);
        }
        if (halting) {
            if (!queued) {
                awaitWritten();
                queue.offer(event);
            }
            awaitWritten();
        } else if (!isStarted() || event.getLevel().isGreaterOrEqual(Level.WARN)) {
            drain();
        } else if (idle) {
            LockSupport.unpark(writer);
        }
    }

    /** Waits for the writer, because the console may accept nothing, and then the thread that writes waits for good. */
    private void awaitWritten() {
        if (writing.isHeldByCurrentThread() || !writer.isAlive()) {
            drain();
            return;
        }
        long end = System.nanoTime() + MAX_HALT_DELAY.toNanos();
        while ((!queue.isEmpty() || writing.isLocked()) && System.nanoTime() - end < 0) {
            LockSupport.unpark(writer);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void write() {
        while (isStarted()) {
            idle = true;
            if (queue.isEmpty()) {
                LockSupport.park(this);
            }
            idle = false;
            drain();
        }
    }

    private void drain() {
        writing.lock();
        try {
            int lines = 0;
            for (ILoggingEvent event = queue.poll(); event != null; event = ++lines < CAPACITY ? queue.poll() : null) {
                write(event);
            }
            if (lines > 0) {
                buffer.flush();
            }
        } catch (IOException e) {
            addError("console not flushed", e);
        } finally {
            writing.unlock();
        }
    }

    /** Writes a line. One that cannot be formatted must not end the thread that writes the next ones. */
    private void write(ILoggingEvent event) {
        try {
            console.doAppend(event);
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            addError("line not written", e);
        }
    }

    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        LockSupport.unpark(writer);
        drain();
        console.stop();
    }
}
