package io.imageprocessor.api.http;

import jakarta.servlet.ServletRequest;

/** The connection that a request came over. Thread-safe. */
public interface ClientConnection {

    /**
     * Returns whether the client has closed the connection, without writing to it. Reads bytes of the client's next
     * request ahead, up to 1 KB; a connection with more of them counts as closed, because its end cannot be seen. Only
     * to be called while a request is held: afterwards the web server would miss these bytes.
     */
    boolean isClosed();

    /** Returns the connection of a request; one that is never closed if the web server does not know. */
    static ClientConnection of(ServletRequest request) {
        return request.getAttribute(ClientConnection.class.getName()) instanceof ClientConnection connection
                ? connection
                : () -> false;
    }
}
