package io.imageprocessor.image;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** What the downloads under way take, and what came of them. */
@Component
@RequiredArgsConstructor
final class DownloadMeters implements MeterBinder {

    private final ImageProbe probe;

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("imageprocessor.downloads.received", probe, ImageProbe::bytesReceived)
                .description("Bytes of photos that came over the network")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("imageprocessor.downloads.in.flight", probe, ImageProbe::bytesInFlight)
                .description("Memory that the bodies under way take")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("imageprocessor.downloads.circuits.open", probe, ImageProbe::openCircuits)
                .description("Hosts that are left alone for a while, since they do not answer")
                .register(registry);
    }
}
