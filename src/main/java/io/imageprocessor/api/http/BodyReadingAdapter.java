package io.imageprocessor.api.http;

import java.util.concurrent.atomic.AtomicBoolean;
import lombok.RequiredArgsConstructor;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Constants;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Passes requests on, and reads away the bodies that the calls did not read, after their responses. Thread-safe. */
@RequiredArgsConstructor
final class BodyReadingAdapter implements Adapter {

    private final Adapter calls;
    private final UnreadBodies unreadBodies;

    @Override
    public void service(Request request, Response response) throws Exception {
        calls.service(request, response);
        readBody(request);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        boolean served = calls.asyncDispatch(request, response, event);
        readBody(request);
        return served;
    }

    /** Reads the rest of the body unless the response is still to come. */
    private void readBody(Request request) {
        if (!is(ActionCode.ASYNC_IS_ASYNC, request)
                && !UnreadBodies.isRead(request)
                && is(ActionCode.IS_IO_ALLOWED, request)
                && request.getNote(ClientProcessor.SOCKET_NOTE) instanceof SocketWrapperBase<?> socket
                && request.getNote(ClientProcessor.CONNECTION_NOTE) instanceof ClientChannel client) {
            // No call waits for this body.
            request.getRequestProcessor().setStage(Constants.STAGE_ENDINPUT);
            if (!unreadBodies.readAway(request, socket, client)) {
                // Closes the connection without reading any more.
                request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    private static boolean is(ActionCode code, Request request) {
        AtomicBoolean answer = new AtomicBoolean();
        request.action(code, answer);
        return answer.get();
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return calls.prepare(request, response);
    }

    @Override
    public void log(Request request, Response response, long time) {
        calls.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        calls.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return calls.getDomain();
    }
}
