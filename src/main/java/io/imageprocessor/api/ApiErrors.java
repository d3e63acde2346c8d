package io.imageprocessor.api;

import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobTooLargeException;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.stores.StoreMasterException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.apache.coyote.BadRequestException;
import org.apache.coyote.CloseNowException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Turns exceptions of the API into a status and {@code {"error": "..."}}, without stack traces or class names. */
@Slf4j
@RestControllerAdvice
@RequiredArgsConstructor
class ApiErrors {

    private final RejectionMeters rejections;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    @ExceptionHandler
    ResponseEntity<ErrorBody> rejected(RejectedException e) {
        return error(e.status(), e.headers(), e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> jobTooLarge(JobTooLargeException e) {
        return error(HttpStatus.CONTENT_TOO_LARGE, HttpHeaders.EMPTY, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> submissionRejected(SubmissionRejectedException e) {
        rejections.rejected(e.reason());
        return unavailable(e);
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> storageUnavailable(StorageUnavailableException e) {
        log.debug("storage unavailable", e);
        return unavailable(e);
    }

    private static ResponseEntity<ErrorBody> unavailable(RuntimeException e) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RejectedException.RETRY_AFTER);
        return error(HttpStatus.SERVICE_UNAVAILABLE, headers, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> conflict(JobConflictException e) {
        return error(HttpStatus.CONFLICT, HttpHeaders.EMPTY, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> invalidStoreMaster(StoreMasterException e) {
        return error(HttpStatus.UNPROCESSABLE_CONTENT, HttpHeaders.EMPTY, e.getMessage());
    }

    /**
     * A converter may reject a value with a response of its own, or name what it expects; otherwise the type makes the
     * message.
     */
    @ExceptionHandler
    ResponseEntity<ErrorBody> invalidParameter(MethodArgumentTypeMismatchException e) {
        String expected = expectation(e.getParameter().nestedIfOptional().getNestedParameterType());
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof RejectedException rejection) {
                return rejected(rejection);
            }
            if (cause instanceof IsoTime.InvalidTimeException time) {
                expected = String.valueOf(time.getMessage());
            }
        }
        return error(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, e.getName() + " must be " + expected);
    }

    private static String expectation(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
        }
        if (type == LocalDate.class) {
            return "an ISO 8601 date";
        }
        return "a whole number";
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> invalidParameter(HandlerMethodValidationException e) {
        String message = e.getParameterValidationResults().stream()
                .flatMap(parameter -> parameter.getResolvableErrors().stream()
                        .map(error -> name(parameter.getMethodParameter()) + " " + error.getDefaultMessage()))
                .collect(Collectors.joining("; "));
        return error(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, message);
    }

    private static String name(MethodParameter parameter) {
        RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
        return annotation == null || annotation.name().isEmpty()
                ? Objects.toString(parameter.getParameterName(), "a parameter")
                : annotation.name();
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> missingParameter(MissingServletRequestParameterException e) {
        return error(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, e.getParameterName() + " is required");
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> undecodableQuery(InvalidParameterException e) {
        return error(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, "the query cannot be decoded");
    }

    /**
     * The body ended early or violates HTTP; the client may still read the response. Returns null if the client has
     * disconnected during its response, which Tomcat reports by a subclass of the same exception.
     */
    @ExceptionHandler({BadRequestException.class, EOFException.class})
    @Nullable
    ResponseEntity<ErrorBody> unreadableBody(HttpServletResponse response) {
        if (response.isCommitted()) {
            return null;
        }
        return error(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, "the body is malformed or incomplete");
    }

    /**
     * Passes the exception on to the web server, which aborts the connection. Otherwise the client could take an
     * incomplete response for a complete one.
     */
    @ExceptionHandler
    void aborted(CloseNowException e) throws CloseNowException {
        throw e;
    }

    @ExceptionHandler
    ResponseEntity<ErrorBody> unknownPath(NoResourceFoundException e) {
        return error(HttpStatus.NOT_FOUND, HttpHeaders.EMPTY, "no such path");
    }

    /**
     * Handles what Spring rejects by itself, such as a wrong method or content type, and unexpected errors. Returns
     * null if the client has disconnected, so that there is nobody to respond to.
     */
    @ExceptionHandler
    @Nullable
    ResponseEntity<ErrorBody> other(Exception e) {
        if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
            log.debug("client disconnected", e);
            return null;
        }
        if (e instanceof ErrorResponse response) {
            HttpStatusCode status = response.getStatusCode();
            return error(status, response.getHeaders(), response.getBody().getDetail());
        }
        faults.error(e, "request failed");
        return error(HttpStatus.INTERNAL_SERVER_ERROR, HttpHeaders.EMPTY, "internal error");
    }

    static String reason(HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        return known == null ? "error" : known.getReasonPhrase().toLowerCase(Locale.ROOT);
    }

    private static ResponseEntity<ErrorBody> error(
            HttpStatusCode status, HttpHeaders headers, @Nullable String message) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_JSON)
                .body(new ErrorBody(message == null ? reason(status) : message));
    }
}
