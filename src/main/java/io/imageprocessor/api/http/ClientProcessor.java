package io.imageprocessor.api.http;

import java.io.IOException;
import java.util.Objects;
import org.apache.coyote.Constants;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Handles the requests of one connection after the other. The connections ask it whether a thread waits for them. */
final class ClientProcessor extends Http11Processor {

    /** Index of the request's note that holds its {@link ClientConnection}; connectors may use 9 to 16. */
    static final int CONNECTION_NOTE = 9;

    /** Index of the note that holds its {@link SocketWrapperBase}. */
    static final int SOCKET_NOTE = 10;

    private volatile @Nullable ClientChannel client;

    ClientProcessor(AbstractHttp11Protocol<?> protocol) {
        super(protocol, protocol.getAdapter());
    }

    @Override
    public AbstractEndpoint.Handler.SocketState service(SocketWrapperBase<?> connection) throws IOException {
        if (connection.getSocket() instanceof ClientChannel channel) {
            client = channel;
            channel.processor(this);
            request.setNote(CONNECTION_NOTE, channel);
            request.setNote(SOCKET_NOTE, connection);
        }
        return super.service(connection);
    }

    /** Returns whether this processor handles the requests of the connection now. */
    boolean serves(ClientChannel channel) {
        return Objects.equals(client, channel);
    }

    /** Returns whether no complete request has arrived, so that nothing is lost with the connection. */
    boolean isIdle() {
        int stage = request.getRequestProcessor().getStage();
        return (stage <= Constants.STAGE_PARSE || stage >= Constants.STAGE_KEEPALIVE) && !isAsync();
    }

    /** Returns whether a thread that finds nothing to read waits: it does in a body that the call wants. */
    boolean blocksInRead() {
        return request.getReadListener() == null
                && request.getRequestProcessor().getStage() == Constants.STAGE_SERVICE;
    }

    /** Returns whether a thread that cannot write waits: event streams do not. */
    boolean blocksInWrite() {
        return response.getWriteListener() == null;
    }
}
