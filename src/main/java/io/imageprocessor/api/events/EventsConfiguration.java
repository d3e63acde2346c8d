package io.imageprocessor.api.events;

import io.imageprocessor.job.JobService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class EventsConfiguration {

    @Bean
    JobWatch jobWatch(JobService jobs, JobEvents events) {
        return new JobWatch(jobs, events, System::nanoTime);
    }

    @Bean
    EventStreams eventStreams(JobWatch watch, JobEvents events, EventLimits limits) {
        return new EventStreams(watch, events, limits, System::nanoTime);
    }

    @Bean
    EventLimits eventLimits() {
        return EventLimits.ofHeap(Runtime.getRuntime().maxMemory());
    }
}
