package io.imageprocessor.api.http;

import jakarta.servlet.ServletRequest;

/** The connection that a request came over. Thread-safe. */
public interface ClientConnection {

    /**
     * Returns whether the client has closed the connection, without writing to it. A client that has sent bytes of its
     * next request counts as connected.
     */
    boolean isClosed();

    /** Returns the connection of a request; one that is never closed if the web server does not know. */
    static ClientConnection of(ServletRequest request) {
        return request.getAttribute(ClientConnection.class.getName()) instanceof ClientConnection connection
                ? connection
                : () -> false;
    }
}
