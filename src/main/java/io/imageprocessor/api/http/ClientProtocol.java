package io.imageprocessor.api.http;

import org.apache.coyote.Adapter;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.springframework.util.unit.DataSize;

/**
 * Tomcat's HTTP/1.1 with limits on what clients can hold: request threads that wait for them, unread bodies, and
 * connections without a request. Without these, a few hundred clients that send or read nothing stop every call, the
 * health probes included. Connections with TLS have Tomcat's own limits alone.
 */
public final class ClientProtocol extends Http11NioProtocol {

    /** Request threads that may read away bodies; Tomcat has 200 in all. */
    static final int MAX_UNREAD_BODIES = 16;

    /** At most 64 submissions are read at the same time, so others can always send theirs. */
    static final int MAX_STALLED_READERS = 48;

    /** At least the 64 exports and pages of images that may be sent at the same time. */
    static final int MAX_STALLED_WRITERS = 80;

    private final ClientEndpoint clients;
    private final UnreadBodies unreadBodies = new UnreadBodies(MAX_UNREAD_BODIES);

    /** Tomcat calls it by reflection. */
    public ClientProtocol() {
        this(new ClientEndpoint(new StalledClients(MAX_STALLED_READERS), new StalledClients(MAX_STALLED_WRITERS)));
    }

    private ClientProtocol(ClientEndpoint endpoint) {
        super(endpoint);
        clients = endpoint;
    }

    /** Returns the number of clients that were disconnected for this reason. */
    long disconnected(DisconnectReason reason) {
        return clients.disconnected(reason);
    }

    /** Sets the largest size of an unread body that is read away, so that its client can read the response. */
    void readAwayAtMost(DataSize maxBytes) {
        unreadBodies.maxBytes(maxBytes);
        // A client that asks first gets no permission to send a body that nobody reads.
        setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
        // Makes Tomcat announce in the response that it closes the connection.
        setMaxSwallowSize((int) UnreadBodies.KEEP_ALIVE.toBytes());
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new BodyReadingAdapter(adapter, unreadBodies));
    }

    @Override
    protected Processor createProcessor() {
        return new ClientProcessor(this);
    }
}
