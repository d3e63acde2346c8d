package io.imageprocessor.work;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import java.time.Duration;

/** What one attempt at an image led to. */
sealed interface Outcome {

    /** The image has a result, which is recorded next. */
    record Finished(ImageResult result) implements Outcome {}

    /**
     * The attempt failed, and the image is retried.
     *
     * @param delay from the end of this attempt
     * @param attempts so far
     */
    record RetryLater(FailureCode code, Duration delay, int attempts) implements Outcome {}

    /** The thread was interrupted: the image has no result, and stays unfinished. */
    enum Abandoned implements Outcome {
        INSTANCE
    }
}
