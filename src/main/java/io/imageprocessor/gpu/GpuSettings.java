package io.imageprocessor.gpu;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the simulated GPU.
 *
 * @param slots Images on the GPU at once. Slots divided by the mean time is the maximum of images per second.
 * @param minTime Shortest time that an image spends on the GPU.
 * @param maxTime Longest time that an image spends on the GPU. If both are 0, there is no GPU time, for benchmarks.
 */
@Validated
@ConfigurationProperties("imageprocessor.gpu")
public record GpuSettings(
        @DefaultValue("256") @Min(1) int slots,

        @DefaultValue("100ms") @NotNull @DurationMin(nanos = 0) @DurationMax(days = 1)
        Duration minTime,

        @DefaultValue("400ms") @NotNull @DurationMin(nanos = 0) @DurationMax(days = 1)
        Duration maxTime) {

    @AssertTrue(message = "max-time must not be shorter than min-time")
    boolean isMaxTimeNotShorterThanMinTime() {
        return maxTime.compareTo(minTime) >= 0;
    }
}
