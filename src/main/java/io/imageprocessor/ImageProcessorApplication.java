package io.imageprocessor;

import io.imageprocessor.logging.AsyncConsole;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import java.security.Security;
import java.time.Clock;
import java.time.ZoneOffset;
import lombok.extern.slf4j.Slf4j;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the service: it accepts jobs of shelf photos over HTTP, measures each photo, and reports the results. */
@Slf4j
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class ImageProcessorApplication {

    public static void main(String[] args) {
        FatalErrors.handleUncaught();
        // The module image has its own DNS cache. The cache of the JDK would also keep failed lookups, for longer than
        // all attempts of an image take. The JDK reads these properties at the first lookup.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        SpringApplication application = new SpringApplication(ImageProcessorApplication.class);
        // The logging is configured by then.
        application.addInitializers(_ -> AsyncConsole.install(LoggerFactory.getILoggerFactory()));
        application.run(args);
    }

    /** Reports what a scheduled task did not catch itself; it runs again at its next time. */
    @Bean
    ThreadPoolTaskSchedulerCustomizer scheduledFailures() {
        RateLimitedLog faults = new RateLimitedLog(log);
        return scheduler -> scheduler.setErrorHandler(failure -> {
            FatalErrors.haltIfFatal(failure);
            faults.error(failure, "scheduled task failed");
        });
    }

    /** Ticks in milliseconds, so that reported times have the same precision with every storage. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
