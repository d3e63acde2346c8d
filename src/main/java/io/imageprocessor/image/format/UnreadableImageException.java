package io.imageprocessor.image.format;

import java.io.IOException;

/** The bytes have no size to tell. Has a message that is safe to show, and no stack trace: it is an outcome. */
public final class UnreadableImageException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is the matter with the bytes. */
    public enum Reason {
        /** They are no image, or too damaged an image. */
        NOT_AN_IMAGE,
        /** They are an image or video of a kind that is not measured. */
        UNSUPPORTED_FORMAT,
        /** They state a width or height that no image can have. */
        INVALID_DIMENSIONS,
        /** They end too early. */
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

    public Reason reason() {
        return reason;
    }

    /** The message, one clause in plain words. */
    public String clause() {
        return String.valueOf(getMessage());
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
