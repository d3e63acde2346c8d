package io.imageprocessor.job;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The memory limits of jobs, under every storage. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

    @Bean
    HeapLimits heapLimits() {
        return HeapLimits.ofHeap(Runtime.getRuntime().maxMemory());
    }

    @Bean
    HeapBudget heapBudget(HeapLimits limits) {
        return new HeapBudget(limits.jobs());
    }

    @Bean
    MeterBinder heapBudgetMeters(HeapBudget budget) {
        return registry -> {
            Gauge.builder("imageprocessor.heap.reserved", budget, HeapBudget::reserved)
                    .baseUnit(BaseUnits.BYTES)
                    .description("Heap that jobs take, as estimated")
                    .register(registry);
            Gauge.builder("imageprocessor.heap.reserved.limit", budget, HeapBudget::limit)
                    .baseUnit(BaseUnits.BYTES)
                    .description("Limit of the heap that jobs take")
                    .register(registry);
        };
    }
}
