package io.imageprocessor.logging;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import lombok.extern.slf4j.Slf4j;

/**
 * Ends the process after an {@link OutOfMemoryError}, with one line in the log and exit code 3. After such an error any
 * thread may have died and any state may be half changed, so a process that continued would answer no probe and ignore
 * SIGTERM. Every {@code catch} of {@link Error} or {@link Throwable} calls {@link #haltIfFatal} first.
 *
 * <p>Every {@code OutOfMemoryError} is fatal, whatever its message names: heap, metaspace, collector overhead, or a
 * native thread that cannot be started. Other errors are not: a {@link StackOverflowError} leaves the rest of the
 * process as it was.
 *
 * <p>One object for the process, like the default uncaught exception handler, because the error concerns the process
 * and not the object that meets it. Thread-safe.
 */
@Slf4j
public final class FatalErrors {

    /** Exit code of the process, the same as with {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int EXIT_CODE = 3;

    /** Bounds the search for a cause, because causes may form a cycle. */
    private static final int MAX_CAUSES = 100;

    private static volatile FatalErrors current =
            new FatalErrors(code -> Runtime.getRuntime().halt(code));

    /** Written if the heap is too full even to log. Loaded with this class, so that no allocation is needed. */
    private static final byte[] LINE = "OutOfMemoryError: process halted with exit code 3\n".getBytes(US_ASCII);

    private static final FileOutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private final AtomicBoolean halting = new AtomicBoolean();
    private final IntConsumer halt;

    /** @param halt ends the process with the exit code, without shutdown hooks, which may need memory */
    FatalErrors(IntConsumer halt) {
        this.halt = halt;
    }

    /**
     * Makes this object the one that {@link #haltIfFatal} uses.
     *
     * @return the previous one
     */
    static FatalErrors replace(FatalErrors next) {
        FatalErrors previous = current;
        current = next;
        return previous;
    }

    /**
     * Handles what no thread has caught: halts, or logs at most one line a minute. For platform and virtual threads,
     * those of libraries too.
     */
    public static void handleUncaught() {
        RateLimitedLog faults = new RateLimitedLog(log);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            haltIfFatal(failure);
            faults.error(failure, "thread {} ended by an uncaught exception", thread.getName());
        });
    }

    /** Halts the process if this failure, or one of its causes, is an {@link OutOfMemoryError}. */
    public static void haltIfFatal(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof OutOfMemoryError) {
                current.halt(cause);
                return;
            }
            cause = cause.getCause();
        }
    }

    /** Only the first call logs and halts: the others have nothing to add, and must not end its line early. */
    private void halt(Throwable fatal) {
        if (!halting.compareAndSet(false, true)) {
            return;
        }
        try {
            AsyncConsole.halting();
            log.error("process halted with exit code {}: {}", EXIT_CODE, fatal.toString());
        } catch (RuntimeException | Error _) {
            writeLine();
        } finally {
            halt.accept(EXIT_CODE);
        }
    }

    private static void writeLine() {
        try {
            STANDARD_ERROR.write(LINE);
        } catch (IOException _) {
            // The exit code remains.
        }
    }
}
