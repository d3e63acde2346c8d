package io.imageprocessor.gpu;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class GpuConfiguration {

    @Bean
    Gpu gpu(GpuSettings settings, MeterRegistry registry) {
        long min = settings.minTime().toNanos();
        long max = settings.maxTime().toNanos();
        return new Gpu(
                settings.slots(),
                () -> Duration.ofNanos(ThreadLocalRandom.current().nextLong(min, max + 1)),
                Thread::sleep,
                GpuMeters.computed(registry)::record);
    }
}
