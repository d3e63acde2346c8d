package io.imageprocessor.memory;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.HeapCosts;
import io.imageprocessor.job.HeapLimits;
import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The ports of module {@code job} in memory, for storage=memory only. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "imageprocessor.storage", havingValue = "memory", matchIfMissing = true)
class MemoryConfiguration {

    @Bean
    HeapCosts heapCosts() {
        return HeapCosts.MEMORY;
    }

    @Bean
    RetainedJobs retainedJobs(JobSettings settings, HeapBudget budget, Clock clock) {
        return new RetainedJobs(settings, budget, clock);
    }

    @Bean
    InMemoryIdempotencyKeys idempotencyKeys(HeapLimits limits, Clock clock) {
        return new InMemoryIdempotencyKeys(limits.others(), clock);
    }

    @Bean
    InMemoryJobStore jobStore(RetainedJobs jobs, InMemoryIdempotencyKeys keys, Clock clock) {
        return new InMemoryJobStore(jobs, keys, new JobIdSequence(clock), clock);
    }

    @Bean
    InMemoryJobQueries jobQueries(RetainedJobs jobs) {
        return new InMemoryJobQueries(jobs);
    }
}
