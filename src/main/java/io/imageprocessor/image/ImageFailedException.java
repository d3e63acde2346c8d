package io.imageprocessor.image;

import io.imageprocessor.image.ImageFailure.Contact;
import java.io.IOException;

/**
 * A photo could not be measured. Carries the reason and no stack trace: it is an outcome, and there may be thousands a
 * second.
 */
public final class ImageFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ImageFailure failure;
    private final Contact contact;

    /** @param failure the reason, of which the message becomes this exception's */
    public ImageFailedException(ImageFailure failure) {
        this(failure, failure.contact());
    }

    /**
     * @param contact what the attempt tells of the host of the photo's URL, which may have redirected to another one
     */
    public ImageFailedException(ImageFailure failure, Contact contact) {
        super(failure.message());
        this.failure = failure;
        this.contact = contact;
    }

    /** Why the photo could not be measured. */
    public ImageFailure failure() {
        return failure;
    }

    /** What the attempt tells of the host of the photo's URL. */
    public Contact contact() {
        return contact;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
