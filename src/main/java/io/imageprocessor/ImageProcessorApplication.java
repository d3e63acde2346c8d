package io.imageprocessor;

import java.security.Security;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service: takes jobs of shelf photos over HTTP, downloads and measures every photo, and reports. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class ImageProcessorApplication {

    public static void main(String[] args) {
        // Room image remembers names itself. The JDK would do so once more, failures too, and for longer than all
        // attempts
        // at an image take. It reads these at the first lookup.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        SpringApplication.run(ImageProcessorApplication.class, args);
    }

    /** Ticks in milliseconds: what is told of times is no finer, wherever they are kept. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
