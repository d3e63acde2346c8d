package io.imageprocessor.api;

/** The body of a submission is not what it has to be; the message names the field and is safe to show. */
class InvalidSubmissionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidSubmissionException(String message) {
        super(message);
    }
}
