package io.imageprocessor.api.http;

import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Limits the request threads that wait for clients. When one more thread has to wait than allowed, the client that has
 * moved no byte for the longest time is disconnected. Thread-safe.
 */
final class StalledClients {

    private final int limit;

    /** In the order in which they stalled; guarded by this. */
    private final SequencedMap<ClientChannel, SocketChannel> clients = new LinkedHashMap<>();

    /** Guarded by this. */
    private long disconnected;

    StalledClients(int limit) {
        this.limit = limit;
    }

    /**
     * Reports that a request thread is about to wait for this client.
     *
     * @param socket its socket, because Tomcat uses the channel for another one afterwards
     */
    void stalled(ClientChannel client, SocketChannel socket) {
        SocketChannel longest = null;
        synchronized (this) {
            if (clients.putIfAbsent(client, socket) == null && clients.size() > limit) {
                longest = clients.pollFirstEntry().getValue();
                disconnected++;
            }
        }
        if (longest != null) {
            ClientChannel.disconnect(longest, true);
        }
    }

    /** Reports that the client moved a byte, or that its connection is closed. */
    synchronized void resumed(ClientChannel client) {
        clients.remove(client);
    }

    /** Returns the number of clients that were disconnected. */
    synchronized long disconnected() {
        return disconnected;
    }

    /** Returns the number of clients that request threads wait for. */
    synchronized int count() {
        return clients.size();
    }
}
