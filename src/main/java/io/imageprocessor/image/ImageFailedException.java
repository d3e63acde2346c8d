package io.imageprocessor.image;

import java.io.IOException;

/** A photo could not be measured. Carries the reason and no stack trace: it is an outcome, and there may be thousands a second. */
public final class ImageFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ImageFailure failure;

    /** @param failure the reason, of which the message becomes this exception's */
    public ImageFailedException(ImageFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** Why the photo could not be measured. */
    public ImageFailure failure() {
        return failure;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
