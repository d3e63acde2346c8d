package io.imageprocessor.queue;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.job.JobSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import lombok.extern.slf4j.Slf4j;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Slf4j
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

    /** A new host gets this part of all downloads, so that hosts that never answer hold few of them. */
    private static final int NEW_HOST_SHARE = 8;

    /**
     * Runs executions, on one virtual thread each. It neither queues nor limits, because the queue does both. It stops
     * after the queue is closed, so that running images can finish.
     */
    @Bean(defaultCandidate = false)
    ThreadPoolTaskExecutor imageExecutor() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setVirtualThreads(true);
        executor.setThreadNamePrefix("image-");
        // No idle threads: a new virtual thread costs less than waking one, and each timed wait wakes the JDK's timer.
        executor.setCorePoolSize(0);
        executor.setKeepAliveSeconds(0);
        executor.setMaxPoolSize(Integer.MAX_VALUE);
        executor.setQueueCapacity(0);
        executor.setAcceptTasksAfterContextClose(true);
        return executor;
    }

    @Bean
    FairJobQueue jobQueue(
            ImageWork work,
            ObjectProvider<Tracer> tracer,
            QueueLimits limits,
            @Qualifier("imageExecutor") ThreadPoolTaskExecutor executor,
            TaskScheduler scheduler) {
        return new FairJobQueue(
                limits,
                new ExecutionFactory(work, tracer.getIfAvailable()),
                new Dispatcher(executor, (delay, action) -> after(delay, action, scheduler), System::nanoTime));
    }

    @Bean
    QueueLimits queueLimits(JobSettings jobs, DownloadSettings downloads) {
        int perNewHost = Math.clamp(downloads.concurrency() / NEW_HOST_SHARE, 1, downloads.perHostConcurrency());
        return new QueueLimits(
                jobs.maxPendingImages(), downloads.concurrency(), perNewHost, downloads.perHostConcurrency());
    }

    private static void after(Duration delay, Runnable action, TaskScheduler scheduler) {
        try {
            var _ = scheduler.schedule(action, scheduler.getClock().instant().plus(delay));
        } catch (TaskRejectedException e) {
            log.debug("shutting down: retry not scheduled", e);
        }
    }

    @Bean
    MeterBinder queueMeters(FairJobQueue queue, QueueLimits limits) {
        return registry -> {
            Gauge.builder("imageprocessor.images.pending", queue, FairJobQueue::waiting)
                    .description("Images that wait here to be started or retried")
                    .register(registry);
            Gauge.builder("imageprocessor.images.pending.limit", limits, QueueLimits::maxWaiting)
                    .description("Limit of the images that wait")
                    .register(registry);
            Gauge.builder("imageprocessor.downloads.permits", limits, QueueLimits::maxInFlight)
                    .description("Limit of the images that are downloaded or wait for the GPU")
                    .register(registry);
            Gauge.builder("imageprocessor.downloads.permits.used", queue, FairJobQueue::inFlight)
                    .description("Images that are downloaded or wait for the GPU")
                    .register(registry);
            Gauge.builder("imageprocessor.images.running", queue, FairJobQueue::running)
                    .description("Images that are processed here")
                    .register(registry);
        };
    }
}
