package io.imageprocessor.image;

import io.imageprocessor.image.ImageFailure.Contact;
import java.io.IOException;

/**
 * Reports that an image could not be measured. Has no stack trace: it is an expected outcome, at up to thousands a
 * second.
 */
public final class ImageFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient ImageFailure failure;
    private final Contact contact;

    /** Creates an exception with the message and the contact of {@code failure}. */
    public ImageFailedException(ImageFailure failure) {
        this(failure, failure.contact());
    }

    /**
     * Creates an exception whose contact differs from that of {@code failure}.
     *
     * @param contact whether the host of the image's URL responded; that host may have redirected to the one that
     *     failed
     */
    public ImageFailedException(ImageFailure failure, Contact contact) {
        super(failure.message());
        this.failure = failure;
        this.contact = contact;
    }

    /** Returns why the image could not be measured. */
    public ImageFailure failure() {
        return failure;
    }

    /** Returns whether the host of the image's URL responded. */
    public Contact contact() {
        return contact;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
