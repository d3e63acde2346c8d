package io.imageprocessor.image;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Publishes the metrics of downloads: bytes received, memory in use and open circuits. */
@Component
@RequiredArgsConstructor
final class DownloadMeters implements MeterBinder {

    private final ImageProbe probe;

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("imageprocessor.downloads.received", probe, ImageProbe::bytesReceived)
                .description("Bytes of photos received over the network")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("imageprocessor.downloads.in.flight", probe, ImageProbe::bytesInFlight)
                .description("Memory of the bodies in flight")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("imageprocessor.downloads.circuits.open", probe, ImageProbe::openCircuits)
                .description("Hosts whose circuit is open because they do not respond")
                .register(registry);
    }
}
