package io.imageprocessor.api.events;

import io.imageprocessor.api.LimitMeters;
import io.imageprocessor.job.JobQueries;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Configuration(proxyBeanMethods = false)
class EventsConfiguration {

    private static final int ANSWER_THREADS = 2;

    @Bean(defaultCandidate = false)
    ThreadPoolTaskExecutor jobAnswers() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(ANSWER_THREADS);
        executor.setThreadNamePrefix("job-answer-");
        // It stops after the watch, which lets go of everyone when it stops.
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
    JobPoller jobWatch(
            JobQueries jobs, JobEvents events, HeldRequests held, @Qualifier("jobAnswers") Executor answers) {
        return new JobPoller(jobs, events, held, answers, System::nanoTime);
    }

    @Bean
    EventStreams eventStreams(
            JobPoller watch, JobEvents events, HeldRequests held, EventLimits limits, LimitMeters meters) {
        EventStreams streams = new EventStreams(watch, events, held, limits, System::nanoTime);
        meters.counted("imageprocessor.listeners", "Requests that listen to the events of a job", streams::count);
        return streams;
    }

    @Bean
    EventLimits eventLimits() {
        return EventLimits.ofHeap(Runtime.getRuntime().maxMemory());
    }
}
