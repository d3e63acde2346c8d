package io.imageprocessor.api;

import java.io.IOException;
import org.springframework.util.unit.DataSize;

/** A request body has more bytes than the service reads. */
class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    BodyTooLargeException(DataSize limit) {
        super("the body is larger than " + limit.toBytes() + " bytes");
    }
}
