package io.imageprocessor.job;

import java.util.Locale;

/** Where an image of a job stands. */
public enum ImageState {
    /** Entered on submission, if the store is known. The worker that takes it from the queue moves it on. */
    PENDING,

    /** Entered when a worker starts its first download. The worker's result moves it on; retries stay in this state. */
    RUNNING,

    /** Final. The image was measured and had its GPU time. */
    SUCCEEDED,

    /** Final. The store is unknown (entered on submission), or the image could not be downloaded or measured. */
    FAILED,

    /** Final. The image was pending or running when its job was cancelled. */
    CANCELLED;

    /** The name as clients know it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isFinal() {
        return switch (this) {
            case PENDING, RUNNING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }
}
