package io.imageprocessor.gpu;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** How busy the GPU is, and with what. */
@Component
@RequiredArgsConstructor
final class GpuMeters implements MeterBinder {

    private final Gpu gpu;

    /** The GPU time of each image. */
    static Timer computed(MeterRegistry registry) {
        return Timer.builder("imageprocessor.gpu.computed")
                .description("GPU time of an image")
                .register(registry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.gpu.slots", gpu, Gpu::slots)
                .description("Images that may be on the GPU at once")
                .register(registry);
        Gauge.builder("imageprocessor.gpu.slots.busy", gpu, Gpu::busySlots)
                .description("Images that are on the GPU")
                .register(registry);
        Gauge.builder("imageprocessor.gpu.utilization", gpu, it -> (double) it.busySlots() / it.slots())
                .description("Busy slots of the GPU by all of them, 0 to 1")
                .register(registry);
    }
}
