package io.imageprocessor.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a job stood at one instant; all parts were read together.
 *
 * @param downloadableImages how many of the images have a known store; the others have failed from the start
 * @param startedAt when the first image was started; empty before, and for good if none ever was
 * @param finishedAt present exactly when the state is final
 * @param retries jobs that try the failed images of this one again, oldest first
 * @param version grows with every change of anything above
 */
public record JobStatus(
        JobMetadata head,
        JobState state,
        JobCounts counts,
        int downloadableImages,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        List<JobId> retries,
        long version) {

    public JobId id() {
        return head.id();
    }

    public Instant submittedAt() {
        return head.submittedAt();
    }

    /** The part of the images that need no more work, 0 to 1. */
    public double progress() {
        return (double) (counts.total() - counts.unfinished()) / counts.total();
    }

    /**
     * How many images a second were worked through since the first was started; empty unless the job is ongoing and one
     * was.
     */
    public OptionalDouble imagesPerSecond(Instant now) {
        int unknownStore = counts.total() - downloadableImages;
        int worked = counts.succeeded() + counts.failed() - unknownStore;
        if (state.isFinal() || worked == 0 || startedAt.isEmpty()) {
            return OptionalDouble.empty();
        }
        double seconds = Math.max(1, Duration.between(startedAt.get(), now).toMillis()) / 1e3;
        return OptionalDouble.of(worked / seconds);
    }

    /** How long the rest of the images takes if they go on like those before; empty as above. */
    public Optional<Duration> timeLeft(Instant now) {
        OptionalDouble rate = imagesPerSecond(now);
        return rate.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (counts.unfinished() / rate.getAsDouble() * 1e3)));
    }
}
