package io.imageprocessor.api;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import lombok.extern.slf4j.Slf4j;
import org.apache.coyote.CloseNowException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Writes a JSON response in pieces, so that the heap never holds all of it. A failure before the first byte is sent
 * becomes an error response; a later one aborts the connection, so that no client takes an incomplete body for a
 * complete one.
 */
@Slf4j
public final class StreamedBody {

    private static final RateLimitedLog FAULTS = new RateLimitedLog(log);

    private StreamedBody() {}

    /** Writes the body piece by piece. */
    @FunctionalInterface
    public interface Pieces {

        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Sends a response with status 200.
     *
     * @throws CloseNowException if part of the body was sent and the rest cannot be
     */
    public static void send(HttpServletResponse response, Pieces body) throws IOException {
        response.setStatus(HttpStatus.OK.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        try {
            body.writeTo(response.getOutputStream());
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            if (!response.isCommitted()) {
                response.resetBuffer();
                throw e;
            }
            if (e instanceof StorageUnavailableException || e instanceof RejectedException) {
                log.debug("response aborted", e);
            } else {
                FAULTS.error(e, "response aborted");
            }
            throw new CloseNowException(e);
        }
    }
}
