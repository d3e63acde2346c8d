package io.imageprocessor.job;

/** A submission has more images than the limit for one job. The message is safe to show to clients. */
public class TooManyImagesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyImagesException(int limit) {
        super("a job may hold at most " + limit + " images");
    }
}
