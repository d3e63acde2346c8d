package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Reports that a file has no valid dimensions. Its message is safe to show to clients. Has no stack trace: it is an
 * expected outcome.
 */
public final class UnreadableImageException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the file. */
    public enum Reason {
        /** It is not an image, or too damaged. */
        NOT_AN_IMAGE,
        /** It is an image or video in an unsupported format. */
        UNSUPPORTED_FORMAT,
        /** It declares a width or height that no image can have. */
        INVALID_DIMENSIONS,
        /** It ends before the image does. */
        TRUNCATED
    }

    private final Reason reason;

    UnreadableImageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static UnreadableImageException empty() {
        return new UnreadableImageException(Reason.NOT_AN_IMAGE, "the body was empty");
    }

    static UnreadableImageException notAnImage() {
        return new UnreadableImageException(Reason.NOT_AN_IMAGE, "the body is not an image");
    }

    static UnreadableImageException damaged() {
        return new UnreadableImageException(Reason.NOT_AN_IMAGE, "the image is damaged");
    }

    static UnreadableImageException truncated() {
        return new UnreadableImageException(Reason.TRUNCATED, "the file ends before the image does");
    }

    static UnreadableImageException invalidDimensions() {
        return new UnreadableImageException(
                Reason.INVALID_DIMENSIONS, "the image states a width or height of 0 or beyond 2147483647");
    }

    static UnreadableImageException unsupported(String message) {
        return new UnreadableImageException(Reason.UNSUPPORTED_FORMAT, message);
    }

    /**
     * Creates the exception for an image or video that this package has no reader for.
     *
     * @param name the name of its format
     */
    static UnreadableImageException unsupportedFormat(String name) {
        return unsupported(name + " is not supported");
    }

    /** Returns what is wrong with the file. */
    public Reason reason() {
        return reason;
    }

    /** Returns the message, one clause without a full stop. */
    public String clause() {
        return String.valueOf(getMessage());
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
