package io.imageprocessor;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The service: takes jobs of shelf photos over HTTP, downloads and measures every photo, and reports. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ImageProcessorApplication {

    public static void main(String[] args) {
        SpringApplication.run(ImageProcessorApplication.class, args);
    }
}
