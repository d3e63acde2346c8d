package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The state of a job at one instant.
 *
 * @param downloadableImages number of images with a known store; the others have failed from the start
 * @param startedAt start of the first image; empty if none was started
 * @param finishedAt present if and only if the state is final
 * @param retries jobs that retry failed images of this job, oldest first
 * @param version increases with every change of the other components
 */
public record JobStatus(
        JobMetadata metadata,
        JobState state,
        JobCounts counts,
        int downloadableImages,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        List<JobId> retries,
        long version) {

    public JobId id() {
        return metadata.id();
    }

    public Instant submittedAt() {
        return metadata.submittedAt();
    }

    /** Returns the share of the images that have a result, 0 to 1. */
    public double progress() {
        return (double) (counts.total() - counts.unfinished()) / counts.total();
    }

    /**
     * Returns the processed images per second since the first start; empty unless the job is ongoing and an image was
     * processed.
     */
    public OptionalDouble imagesPerSecond(Instant now) {
        int unknownStore = counts.total() - downloadableImages;
        int processed = counts.succeeded() + counts.failed() - unknownStore;
        if (state.isFinal() || processed == 0 || startedAt.isEmpty()) {
            return OptionalDouble.empty();
        }
        double seconds = Math.max(1, Duration.between(startedAt.get(), now).toMillis()) / 1e3;
        return OptionalDouble.of(processed / seconds);
    }

    /** Returns the estimated remaining time at the current rate; empty like {@link #imagesPerSecond}. */
    public Optional<Duration> timeLeft(Instant now) {
        OptionalDouble rate = imagesPerSecond(now);
        return rate.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (counts.unfinished() / rate.getAsDouble() * 1e3)));
    }
}
