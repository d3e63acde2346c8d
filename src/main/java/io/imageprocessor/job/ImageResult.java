package io.imageprocessor.job;

import java.util.Optional;

/** What became of one image. One object an image, a million images a job: every field is here for a reason. */
public sealed interface ImageResult {

    /** How often the image was downloaded or tried to be; 0 if it never was, or was cancelled. */
    int attempts();

    /** Milliseconds that the last attempt took, from DNS to the last byte and the size. */
    int downloadMillis();

    /** The state that the image has with this result. */
    default ImageState state() {
        return switch (this) {
            case Succeeded _ -> ImageState.SUCCEEDED;
            case Failed _ -> ImageState.FAILED;
            case Cancelled _ -> ImageState.CANCELLED;
        };
    }

    /** Why the image has no measurements; empty if it has. */
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
     * @param bytes length of the downloaded body, or of the part of it that was read
     * @param gpuMillis milliseconds of simulated GPU time
     */
    record Succeeded(int width, int height, String format, long bytes, int attempts, int downloadMillis, int gpuMillis)
            implements ImageResult {

        /** {@code 2 * (height + width)} in pixels; 64 bits, since the sum of two large sides overflows 32. */
        public long perimeter() {
            return 2L * ((long) height + width);
        }
    }

    /**
     * The image could not be measured.
     *
     * @param message one clause that is safe to show to a client, and the same for all images that fail alike
     */
    record Failed(FailureCode code, String message, int attempts, int downloadMillis) implements ImageResult {

        /** For every image of a store that is not in the store master. */
        public static final Failed STORE_NOT_FOUND = new Failed(FailureCode.STORE_NOT_FOUND, "store not found", 0, 0);

        /** Keeps one string for all images that fail alike, of which there may be a million. */
        public Failed {
            message = message.intern();
        }
    }

    /** The job was cancelled before the image had a result; what had been done for it is dropped. */
    record Cancelled() implements ImageResult {

        public static final Cancelled INSTANCE = new Cancelled();

        /** What a client is told in place of the message of a failure. */
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
