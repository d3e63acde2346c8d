package io.imageprocessor.work;

import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.queue.ExecutionFactory;
import io.imageprocessor.queue.ExecutionRunner;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.QueueLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
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
class WorkConfiguration {

    /**
     * The part of the downloads that a host may have which has not answered yet: what it holds in vain, if it never
     * does.
     */
    private static final int NEW_HOSTS_TO_CONCURRENCY = 8;

    /**
     * Runs what the queue has decided to run: a virtual thread for each image under way. It neither queues nor limits;
     * both are the queue's task. It stops after {@link WorkLifecycle}, so that images under way can finish.
     */
    @Bean(defaultCandidate = false)
    ThreadPoolTaskExecutor imageExecutor() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setVirtualThreads(true);
        executor.setThreadNamePrefix("image-");
        // No idle threads: a new virtual thread is cheaper than waking one, and a timed wait wakes the JDK's timer each
        // time.
        executor.setCorePoolSize(0);
        executor.setKeepAliveSeconds(0);
        executor.setMaxPoolSize(Integer.MAX_VALUE);
        executor.setQueueCapacity(0);
        executor.setAcceptTasksAfterContextClose(true);
        return executor;
    }

    @Bean
    ImageWorker imageWorker(
            JobStore store, ImageProbe probe, Gpu gpu, DownloadSettings settings, MeterRegistry registry) {
        RetryPolicy retries = new RetryPolicy(
                settings.maxAttempts(),
                settings.totalTimeout().multipliedBy(settings.maxAttempts()),
                () -> ThreadLocalRandom.current().nextDouble());
        return new ImageWorker(store, probe, gpu, retries, new WorkMeters(registry));
    }

    @Bean
    FairJobQueue jobQueue(
            ImageWorker worker,
            @Qualifier("imageExecutor") ThreadPoolTaskExecutor executor,
            TaskScheduler scheduler,
            DownloadSettings downloads,
            JobSettings jobs,
            ObjectProvider<Tracer> tracer) {
        return new FairJobQueue(
                new QueueLimits(
                        jobs.maxPendingImages(),
                        downloads.concurrency(),
                        Math.clamp(
                                downloads.concurrency() / NEW_HOSTS_TO_CONCURRENCY, 1, downloads.perHostConcurrency()),
                        downloads.perHostConcurrency()),
                new ExecutionRunner(
                        passage -> worker.process(passage.task(), passage),
                        executor,
                        (delay, action) -> after(delay, action, scheduler),
                        System::nanoTime),
                new ExecutionFactory(tracer.getIfAvailable()));
    }

    private static void after(Duration delay, Runnable action, TaskScheduler scheduler) {
        try {
            var _ = scheduler.schedule(action, scheduler.getClock().instant().plus(delay));
        } catch (TaskRejectedException e) {
            log.debug("shutting down: failed images are not tried again", e);
        }
    }

    @Bean
    MeterBinder queueMeters(FairJobQueue queue, JobSettings jobs) {
        return registry -> {
            Gauge.builder("imageprocessor.images.pending", queue, FairJobQueue::waiting)
                    .description("Images that wait here to be worked on or tried again")
                    .register(registry);
            Gauge.builder("imageprocessor.images.pending.limit", jobs, JobSettings::maxPendingImages)
                    .description("Images that may wait")
                    .register(registry);
            Gauge.builder("imageprocessor.downloads.permits", queue, FairJobQueue::mostAhead)
                    .description("Images that may be downloaded, or wait for the GPU, at once")
                    .register(registry);
            Gauge.builder("imageprocessor.downloads.permits.used", queue, FairJobQueue::ahead)
                    .description("Images that are downloaded, or wait for the GPU")
                    .register(registry);
            Gauge.builder("imageprocessor.images.running", queue, FairJobQueue::running)
                    .description("Images that are worked on here")
                    .register(registry);
        };
    }
}
