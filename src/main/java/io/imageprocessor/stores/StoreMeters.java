package io.imageprocessor.stores;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** How many stores there are, and whether they are those of the store master that is there. */
@Component
@RequiredArgsConstructor
final class StoreMeters implements MeterBinder {

    private final StoreMaster stores;

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.stores", stores, it -> it.current().size())
                .description("Stores of the store master")
                .register(registry);
        Gauge.builder("imageprocessor.stores.stale", stores, it -> it.isStale() ? 1 : 0)
                .description("1 while the store master that is there was refused and the stores are those from before")
                .register(registry);
    }
}
