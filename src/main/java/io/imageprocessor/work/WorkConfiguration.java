package io.imageprocessor.work;

import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.job.JobStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WorkConfiguration {

    /** Does not depend on the queue, which depends on it. */
    @Bean
    ImageWorker imageWorker(
            JobStore store, ImageProbe probe, Gpu gpu, DownloadSettings settings, MeterRegistry registry) {
        RetryPolicy retries = new RetryPolicy(
                settings.maxAttempts(),
                settings.totalTimeout().multipliedBy(settings.maxAttempts()),
                () -> ThreadLocalRandom.current().nextDouble());
        return new ImageWorker(store, probe, gpu, retries, new WorkMeters(registry));
    }
}
