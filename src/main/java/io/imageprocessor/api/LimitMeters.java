package io.imageprocessor.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/**
 * Tells how many of the places that clients share are taken, and how many there are. It looks when it is asked, so that
 * taking a place costs nothing more. Thread-safe.
 */
@Component
@RequiredArgsConstructor
public final class LimitMeters {

    private final MeterRegistry registry;

    /** Makes so many places, and tells how many of them are taken. */
    public Semaphore places(String meter, int limit, String taken) {
        Semaphore places = new Semaphore(limit);
        limited(meter, limit, taken, () -> limit - places.availablePermits());
        return places;
    }

    /** Tells how many places are taken of so many. */
    public void limited(String meter, int limit, String taken, IntSupplier count) {
        counted(meter, taken, count);
        counted(meter + ".limit", "As many as there may be", () -> limit);
    }

    /** Tells how many places are taken. */
    public void counted(String meter, String taken, IntSupplier count) {
        Gauge.builder(meter, count::getAsInt).description(taken).register(registry);
    }
}
