package io.imageprocessor.api;

import java.io.IOException;
import java.time.Duration;

/** A request body takes longer to arrive than the service waits for it. */
class BodyTooSlowException extends IOException {

    private static final long serialVersionUID = 1L;

    BodyTooSlowException(Duration limit) {
        super("the body did not arrive within " + limit.toSeconds() + " seconds");
    }
}
