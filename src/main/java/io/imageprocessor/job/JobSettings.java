package io.imageprocessor.job;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much work the service takes on and how long it remembers it.
 *
 * @param maxImagesPerJob images that one job may hold; a larger submission is answered 413.
 * @param maxPendingImages images that may wait over all jobs; a submission that does not fit is answered 503.
 * @param retention how long a finished job can be asked for; after that its id is unknown.
 * @param maxRetainedImages images of finished jobs kept in memory; over it the oldest finished jobs go first, though
 *     never the one that finished last. A job counts as four images more than it has, and long URLs count several
 *     times, so that this bounds memory: the default takes about 0.4 GB of heap.
 */
@Validated
@ConfigurationProperties("imageprocessor.jobs")
public record JobSettings(
        @DefaultValue("1000000") @Min(1) int maxImagesPerJob,
        @DefaultValue("2000000") @Min(1) int maxPendingImages,

        @DefaultValue("24h") @NotNull @DurationMin(nanos = 1)
        Duration retention,

        @DefaultValue("2000000") @Min(1) int maxRetainedImages) {}
