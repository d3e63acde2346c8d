package io.imageprocessor.api;

import io.imageprocessor.logging.FatalErrors;
import java.io.IOException;
import java.io.Writer;
import lombok.extern.slf4j.Slf4j;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/** Writes errors that Tomcat reports itself, such as for a malformed request line, in the format of the API. */
@Slf4j
public class JsonErrorReportValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable cause) {
        if (cause != null) {
            FatalErrors.haltIfFatal(cause);
        }
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            response.setContentType("application/json");
            response.setCharacterEncoding("utf-8");
            Writer writer = response.getReporter();
            if (writer != null) {
                writer.write("{\"error\":\"" + ApiErrors.reason(HttpStatusCode.valueOf(status)) + "\"}");
                response.finishResponse();
            }
        } catch (IOException | IllegalStateException e) {
            log.debug("error report not sent", e);
        }
    }
}
