package io.imageprocessor.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Registers gauges for limits on concurrent requests. A gauge reads the count when it is scraped. Thread-safe. */
@Component
@RequiredArgsConstructor
public final class LimitMeters {

    private final MeterRegistry registry;

    /** Returns a semaphore with {@code limit} permits and registers gauges for the acquired permits and the limit. */
    public Semaphore permits(String meter, int limit, String description) {
        Semaphore permits = new Semaphore(limit);
        limited(meter, limit, description, () -> limit - permits.availablePermits());
        return permits;
    }

    /** Registers a gauge for the count, and one named {@code .limit} for the limit. */
    public void limited(String meter, int limit, String description, IntSupplier count) {
        counted(meter, description, count);
        counted(meter + ".limit", "Limit of this number", () -> limit);
    }

    /** Registers a gauge for the count. */
    public void counted(String meter, String description, IntSupplier count) {
        Gauge.builder(meter, count::getAsInt).description(description).register(registry);
    }
}
