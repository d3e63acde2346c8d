package io.imageprocessor.job;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings for the size of jobs and how long they are stored.
 *
 * @param maxImagesPerJob largest number of images in one job; a larger submission is answered 413.
 * @param maxPendingImages largest number of waiting images over all jobs; a submission that exceeds it is answered 503.
 * @param retention how long a finished job can be read; after that its id is unknown.
 * @param maxRetainedImages largest number of images of finished jobs in memory; above it the oldest finished jobs are
 *     removed, except the one that finished last. Each job counts as four more images, and long URLs count several
 *     times, so that this limits memory: the default takes about 0.4 GB of heap.
 */
@Validated
@ConfigurationProperties("imageprocessor.jobs")
public record JobSettings(
        @DefaultValue("1000000") @Min(1) int maxImagesPerJob,
        @DefaultValue("2000000") @Min(1) int maxPendingImages,

        @DefaultValue("24h") @NotNull @DurationMin(nanos = 1)
        Duration retention,

        @DefaultValue("2000000") @Min(1) int maxRetainedImages) {}
