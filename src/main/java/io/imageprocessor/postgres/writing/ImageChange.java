package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A step of an image that is to be written.
 *
 * @param result what became of the image; null if it was started
 * @param outcome the step forward that was made, this one or {@link #asFault}, once that is committed; null if there
 *     was none
 */
public record ImageChange(
        JobId jobId, int image, @Nullable ImageResult result, CompletableFuture<@Nullable ImageChange> outcome) {

    ImageChange(JobId jobId, int image, @Nullable ImageResult result) {
        this(jobId, image, result, new CompletableFuture<>());
    }

    /**
     * What is to be kept in place of a result that cannot be, with the same outcome; empty if this is no result, or
     * that one.
     */
    Optional<ImageChange> asFault() {
        if (result == null || (result instanceof ImageResult.Failed it && it.code() == FailureCode.INTERNAL_ERROR)) {
            return Optional.empty();
        }
        ImageResult fault = new ImageResult.Failed(
                FailureCode.INTERNAL_ERROR,
                "the service could not keep the result",
                result.attempts(),
                result.downloadMillis());
        return Optional.of(new ImageChange(jobId, image, fault, outcome));
    }
}
