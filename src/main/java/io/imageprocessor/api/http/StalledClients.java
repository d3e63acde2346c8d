package io.imageprocessor.api.http;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Limits the request threads that wait for clients. When one more thread has to wait than allowed, the client that has
 * moved no byte for the longest time is disconnected. Thread-safe.
 */
final class StalledClients {

    private final int limit;

    /** In the order in which they stalled; guarded by this. */
    private final SequencedSet<ClientChannel> clients = new LinkedHashSet<>();

    StalledClients(int limit) {
        this.limit = limit;
    }

    /** Reports that a request thread is about to wait for this client. */
    void stalled(ClientChannel client) {
        ClientChannel longest = null;
        synchronized (this) {
            if (clients.add(client) && clients.size() > limit) {
                longest = clients.removeFirst();
            }
        }
        if (longest != null) {
            longest.disconnect();
        }
    }

    /** Reports that the client moved a byte, or that its connection is closed. */
    synchronized void resumed(ClientChannel client) {
        clients.remove(client);
    }

    /** Returns the number of clients that request threads wait for. */
    synchronized int count() {
        return clients.size();
    }
}
