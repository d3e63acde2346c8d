package io.imageprocessor.postgres;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A step of an image that is to be written.
 *
 * @param result what became of the image; null if it was started
 * @param outcome whether the step was one forward, once that is committed
 */
record ImageChange(JobId jobId, int image, @Nullable ImageResult result, CompletableFuture<Boolean> outcome) {

    ImageChange(JobId jobId, int image, @Nullable ImageResult result) {
        this(jobId, image, result, new CompletableFuture<>());
    }
}
