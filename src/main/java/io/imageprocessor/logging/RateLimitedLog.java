package io.imageprocessor.logging;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs at most one fault a minute for each place in the code, with its stack trace. A fault that every image of a job
 * may meet would otherwise fill the log and hide the first one. The line counts the faults of that place that were
 * suppressed since the last one; suppressed faults are logged at debug level. Thread-safe.
 */
public final class RateLimitedLog {

    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final LongSupplier nanoTime;
    private final Map<String, Place> places = new ConcurrentHashMap<>();

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
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /**
     * Logs a fault as an error, unless its place logged one within the last minute.
     *
     * @param message identifies the place, so it must be a constant, with {@code {}} for each argument
     */
    public void error(Throwable fault, String message, Object... arguments) {
        write(Level.ERROR, fault, message, arguments);
    }

    /** Logs a fault as a warning, under the same rule as {@link #error}. */
    public void warn(Throwable fault, String message, Object... arguments) {
        write(Level.WARN, fault, message, arguments);
    }

    private void write(Level level, Throwable fault, String message, Object... arguments) {
        Place place = places.computeIfAbsent(message, _ -> new Place());
        Line line = place.next(level, nanoTime.getAsLong());
        log.atLevel(line.level()).setCause(fault).log(message + line.suffix(), arguments);
    }

    private record Line(Level level, String suffix) {}

    private static final class Place {

        private boolean logged;
        private long loggedAt;
        private long suppressed;

        synchronized Line next(Level level, long now) {
            if (logged && now - loggedAt < PERIOD_NANOS) {
                suppressed++;
                return new Line(Level.DEBUG, "");
            }
            String suffix = suppressed == 0 ? "" : "; %d similar errors suppressed".formatted(suppressed);
            logged = true;
            loggedAt = now;
            suppressed = 0;
            return new Line(level, suffix);
        }
    }
}
