package io.imageprocessor.postgres.writing;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The start or the result of an image, to be written.
 *
 * @param result the result of the image; null for a start
 * @param outcome completes after the commit: with this change, with {@link #asInternalError} in its place, or with null
 *     if nothing changed
 */
public record ImageChange(
        JobId jobId, int image, @Nullable ImageResult result, CompletableFuture<@Nullable ImageChange> outcome) {

    ImageChange(JobId jobId, int image, @Nullable ImageResult result) {
        this(jobId, image, result, new CompletableFuture<>());
    }

    /**
     * Returns an internal error with the same outcome, to replace a result that cannot be written. Empty for a start
     * and for an internal error.
     */
    Optional<ImageChange> asInternalError() {
        if (result == null
                || (result instanceof ImageResult.Failed failed && failed.code() == FailureCode.INTERNAL_ERROR)) {
            return Optional.empty();
        }
        ImageResult internalError = new ImageResult.Failed(
                FailureCode.INTERNAL_ERROR,
                "the service could not store the result",
                result.attempts(),
                result.downloadMillis());
        return Optional.of(new ImageChange(jobId, image, internalError, outcome));
    }
}
