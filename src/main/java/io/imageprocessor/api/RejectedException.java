package io.imageprocessor.api;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** A request that is not served, with the status that says so and a message that is safe to show. */
public final class RejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Seconds after which what was refused is worth another try. */
    static final String RETRY_AFTER = "10";

    private final HttpStatus status;
    private final transient HttpHeaders headers = new HttpHeaders();

    public RejectedException(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** The request is not what it has to be; the message names the field or parameter. */
    public static RejectedException badRequest(String message) {
        return new RejectedException(HttpStatus.BAD_REQUEST, message);
    }

    /** The service cannot do it now and may later. */
    public static RejectedException unavailable(String message) {
        return new RejectedException(HttpStatus.SERVICE_UNAVAILABLE, message)
                .with(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
    }

    /** Adds a header to the answer. */
    public RejectedException with(String header, String value) {
        headers.set(header, value);
        return this;
    }

    HttpStatus status() {
        return status;
    }

    HttpHeaders headers() {
        return headers;
    }
}
