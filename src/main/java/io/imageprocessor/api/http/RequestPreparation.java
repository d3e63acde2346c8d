package io.imageprocessor.api.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.http.HttpHeaders;

/**
 * Sets headers of every response, those of the web server's own errors included, and makes the connection known to the
 * handlers. A handler may replace the headers.
 */
final class RequestPreparation extends ValveBase {

    RequestPreparation() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
        request.setAttribute(
                ClientConnection.class.getName(), request.getCoyoteRequest().getNote(ClientProcessor.CONNECTION_NOTE));
        getNext().invoke(request, response);
    }
}
