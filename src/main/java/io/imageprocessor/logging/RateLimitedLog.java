package io.imageprocessor.logging;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs at most one fault a minute for each place in the code. A fault that every image of a job may meet would
 * otherwise fill the log and hide the first one. The line counts the faults of that place that were suppressed since
 * the last one; suppressed faults are logged at debug level. The first fault of a kind has its stack trace, later ones
 * within the hour name their cause instead ({@link TraceLimit}). Thread-safe.
 */
public final class RateLimitedLog {

    private static final int EVENTS_PER_MINUTE = 10;

    private final Logger log;
    private final int linesPerMinute;
    private final LongSupplier nanoTime;
    private final TraceLimit traces;
    private final Map<String, MinuteLimit> limits = new ConcurrentHashMap<>();

    /**
     * Limits what one class logs.
     *
     * @param log the logger of the class that meets the faults
     */
    public RateLimitedLog(Logger log) {
        this(log, System::nanoTime);
    }

    /** @param nanoTime the current time, as {@link System#nanoTime} returns it */
    public RateLimitedLog(Logger log, LongSupplier nanoTime) {
        this(log, 1, nanoTime);
    }

    private RateLimitedLog(Logger log, int linesPerMinute, LongSupplier nanoTime) {
        this.log = log;
        this.linesPerMinute = linesPerMinute;
        this.nanoTime = nanoTime;
        this.traces = new TraceLimit(nanoTime);
    }

    /** Returns a log of events that each need a line, unless they come so often that they fill the log: 10 a minute. */
    public static RateLimitedLog ofEvents(Logger log) {
        return new RateLimitedLog(log, EVENTS_PER_MINUTE, System::nanoTime);
    }

    /**
     * Logs a fault as an error, unless its place logged one within the last minute.
     *
     * @param message identifies the place, so it must be a constant, with {@code {}} for each argument
     */
    public void error(Throwable fault, String message, @Nullable Object... arguments) {
        write(Level.ERROR, fault, message, arguments);
    }

    /** Logs a fault as a warning, under the same rule as {@link #error}. */
    public void warn(Throwable fault, String message, @Nullable Object... arguments) {
        write(Level.WARN, fault, message, arguments);
    }

    /** Logs a warning without a cause, under the same rule as {@link #error}. */
    public void warn(String message, @Nullable Object... arguments) {
        write(Level.WARN, null, message, arguments);
    }

    /** Logs an event that is no fault, under the same rule as {@link #error}. */
    public void info(String message, @Nullable Object... arguments) {
        write(Level.INFO, null, message, arguments);
    }

    private void write(Level level, @Nullable Throwable fault, String message, @Nullable Object... arguments) {
        long suppressed = limits.computeIfAbsent(message, _ -> new MinuteLimit(linesPerMinute))
                .next(nanoTime.getAsLong());
        boolean passes = suppressed != MinuteLimit.SUPPRESS;
        String kind = fault == null ? "lines" : "errors";
        String suffix = suppressed > 0 ? "; %d similar %s suppressed".formatted(suppressed, kind) : "";
        if (fault == null || !passes || traces.passes(message, fault)) {
            log.atLevel(passes ? level : Level.DEBUG).setCause(fault).log(message + suffix, arguments);
        } else {
            @Nullable Object[] withCause = Arrays.copyOf(arguments, arguments.length + 1);
            withCause[arguments.length] = TraceLimit.summary(fault);
            log.atLevel(level).log(message + ": {}" + suffix, withCause);
        }
    }
}
