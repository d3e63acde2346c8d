package io.imageprocessor.gpu;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Reports slots, utilization and computing time of the GPU. */
@Component
@RequiredArgsConstructor
final class GpuMeters implements MeterBinder {

    private final Gpu gpu;

    /** Returns the timer for the GPU time of each image. */
    static Timer computed(MeterRegistry registry) {
        return Timer.builder("imageprocessor.gpu.computed")
                .description("GPU time of an image")
                .register(registry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.gpu.slots", gpu, Gpu::slots)
                .description("Slots of the GPU: images that it processes at once")
                .register(registry);
        Gauge.builder("imageprocessor.gpu.slots.busy", gpu, Gpu::busySlots)
                .description("Slots in use: images on the GPU")
                .register(registry);
        Gauge.builder("imageprocessor.gpu.utilization", gpu, it -> (double) it.busySlots() / it.slots())
                .description("Fraction of busy GPU slots, 0 to 1")
                .register(registry);
    }
}
