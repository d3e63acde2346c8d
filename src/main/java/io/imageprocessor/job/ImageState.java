package io.imageprocessor.job;

import java.util.Locale;

/** The states of an image. */
public enum ImageState {
    /** Initial state if the store is known. Left when a worker starts the image, or the job is cancelled. */
    PENDING,

    /** Entered when a worker starts the first download, and kept during retries. Left with a result. */
    RUNNING,

    /** Final. The image was measured and had its GPU time. */
    SUCCEEDED,

    /** Final. The image could not be downloaded or measured. Initial state if the store is unknown. */
    FAILED,

    /** Final. The image was pending or running when its job was cancelled. */
    CANCELLED;

    /** Returns the name in the API. */
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
