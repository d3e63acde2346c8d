package io.imageprocessor.api;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Rejects a request with a status and a message that is safe to show to clients. */
public final class RejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Seconds until a client should try again. */
    static final String RETRY_AFTER = "10";

    private final HttpStatus status;
    private final transient HttpHeaders headers = new HttpHeaders();

    public RejectedException(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** Returns a 400 for an invalid request; the message names the field or parameter. */
    public static RejectedException badRequest(String message) {
        return new RejectedException(HttpStatus.BAD_REQUEST, message);
    }

    /** Returns the 404 for a text that is no job id, or for a job that is unknown. */
    public static RejectedException unknownJob() {
        return new RejectedException(HttpStatus.NOT_FOUND, "there is no such job");
    }

    /** Returns a 503 with {@code Retry-After}, for a limit that is reached now. */
    public static RejectedException unavailable(String message) {
        return new RejectedException(HttpStatus.SERVICE_UNAVAILABLE, message)
                .with(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
    }

    /** Adds a header to the response. */
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
