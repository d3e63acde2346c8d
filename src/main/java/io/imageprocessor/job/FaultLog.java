package io.imageprocessor.job;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Tells the log of faults of the service's own that might hit every image of a job: of each place where they are met one at
 * most in a minute, as an error with its stack trace and the number of those that went untold since the last one; the others
 * at debug level. Costs nothing where nothing fails. Thread-safe.
 */
@RequiredArgsConstructor(access = AccessLevel.PACKAGE)
public final class FaultLog {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log;

    /** The time as {@link System#nanoTime()} tells it. */
    private final LongSupplier nanoTime;

    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /**
     * For one class.
     *
     * @param log of the class that meets the faults
     */
    public FaultLog(Logger log) {
        this(log, System::nanoTime);
    }

    /**
     * Tells of one fault, be it as an error or at debug level.
     *
     * @param message a constant that stands for the place, with {@code {}} for each of the arguments
     */
    public void report(Throwable fault, String message, Object... arguments) {
        Place place = places.computeIfAbsent(message, _ -> new Place());
        Turn turn = place.next(nanoTime.getAsLong());
        log.atLevel(turn.level()).setCause(fault).log(message + turn.count(), arguments);
    }

    /** How a fault is told. */
    private record Turn(Level level, String count) {}

    private static final class Place {

        private boolean told;
        private long toldAt;
        private long untold;

        synchronized Turn next(long now) {
            if (told && now - toldAt < PAUSE_NANOS) {
                untold++;
                return new Turn(Level.DEBUG, "");
            }
            String count = untold == 0 ? "" : "; " + untold + " more like it since the last that was told";
            told = true;
            toldAt = now;
            untold = 0;
            return new Turn(Level.ERROR, count);
        }
    }
}
