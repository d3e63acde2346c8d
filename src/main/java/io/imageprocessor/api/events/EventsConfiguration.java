package io.imageprocessor.api.events;

import io.imageprocessor.api.LimitMeters;
import io.imageprocessor.job.JobQueries;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class EventsConfiguration implements WebMvcConfigurer {

    private static final String RESPONSES = "jobAnswers";
    private static final int RESPONSE_THREADS = 2;

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, WaitTime.class, WaitTime::parse);
    }

    /** The bean's name is the value of the label {@code name} in the metrics of executors, so it stays. */
    @Bean(name = RESPONSES, defaultCandidate = false)
    ThreadPoolTaskExecutor jobResponses() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(RESPONSE_THREADS);
        executor.setThreadNamePrefix("job-response-");
        // It stops after the poller, which completes all waits when it stops.
        executor.setAcceptTasksAfterContextClose(true);
        executor.setDaemon(true);
        return executor;
    }

    @Bean
    HeldRequests heldRequests(EventLimits limits, LimitMeters meters) {
        HeldRequests held = new HeldRequests(limits.heldRequests());
        meters.limited(
                "imageprocessor.requests.held",
                limits.heldRequests(),
                "Requests that wait for a job or listen to its events",
                held::count);
        return held;
    }

    @Bean
    JobPoller jobPoller(
            JobQueries jobs, JobEvents events, HeldRequests held, @Qualifier(RESPONSES) Executor responses) {
        return new JobPoller(jobs, events, held, responses, System::nanoTime);
    }

    @Bean
    EventStreams eventStreams(
            JobPoller poller,
            JobEvents events,
            HeldRequests held,
            DisconnectMonitor disconnects,
            EventLimits limits,
            LimitMeters meters) {
        EventStreams streams = new EventStreams(poller, events, held, disconnects, limits, System::nanoTime);
        meters.counted("imageprocessor.listeners", "Requests that listen to the events of a job", streams::count);
        return streams;
    }

    @Bean
    EventLimits eventLimits() {
        return EventLimits.ofHeap(Runtime.getRuntime().maxMemory());
    }
}
