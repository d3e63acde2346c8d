package io.imageprocessor.job;

import java.util.Optional;

/** The result of one image. A job may hold a million results, so each has only the fields that it needs. */
public sealed interface ImageResult {

    /** Returns the number of download attempts; 0 if none was made or the image was cancelled. */
    int attempts();

    /** Returns the milliseconds of the last attempt, from the DNS lookup to the measured dimensions. */
    int downloadMillis();

    /** Returns the state of an image with this result. */
    default ImageState state() {
        return switch (this) {
            case Succeeded _ -> ImageState.SUCCEEDED;
            case Failed _ -> ImageState.FAILED;
            case Cancelled _ -> ImageState.CANCELLED;
        };
    }

    /** Returns why the image has no measurements; empty if it has. */
    default Optional<FailureCode> failureCode() {
        return switch (this) {
            case Succeeded _ -> Optional.empty();
            case Failed failed -> Optional.of(failed.code());
            case Cancelled _ -> Optional.of(FailureCode.CANCELLED);
        };
    }

    /**
     * The image was measured.
     *
     * @param width pixels, as stored
     * @param height pixels, as stored
     * @param format lower-case name of the file format, such as {@code jpeg}
     * @param bytes length of the body, or of the part that was read
     * @param gpuMillis milliseconds of simulated GPU time
     */
    record Succeeded(int width, int height, String format, long bytes, int attempts, int downloadMillis, int gpuMillis)
            implements ImageResult {

        /** Returns {@code 2 * (height + width)} in pixels, as 64 bits because the sum can exceed 32. */
        public long perimeter() {
            return 2L * ((long) height + width);
        }
    }

    /**
     * The image could not be measured.
     *
     * @param message one clause that is safe to show to clients, and equal for equal failures
     */
    record Failed(FailureCode code, String message, int attempts, int downloadMillis) implements ImageResult {

        /** The result of every image of an unknown store. */
        public static final Failed STORE_NOT_FOUND = new Failed(FailureCode.STORE_NOT_FOUND, "store not found", 0, 0);

        /** Interns the message, because a million images may fail with the same. */
        public Failed {
            message = message.intern();
        }
    }

    /** The job was cancelled before the image had a result. Work on the image is discarded. */
    record Cancelled() implements ImageResult {

        public static final Cancelled INSTANCE = new Cancelled();

        /** Message for clients, like that of a failure. */
        public static final String MESSAGE = "the job was cancelled";

        @Override
        public int attempts() {
            return 0;
        }

        @Override
        public int downloadMillis() {
            return 0;
        }
    }
}
