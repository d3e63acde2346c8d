package io.imageprocessor.stores;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Reports the number of stores, and whether the last reload failed. */
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
                .description("1 while the previous stores are in use because the changed store master was rejected")
                .register(registry);
    }
}
