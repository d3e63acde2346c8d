package io.imageprocessor.job;

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
}
