package io.imageprocessor.api.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Accepts connections. Before their limit is reached, it closes those that have been without a complete request for the
 * longest time, so that new clients can always connect. It closes those that had a response only as far as it must,
 * because their clients may be sending the next request.
 */
final class ClientEndpoint extends NioEndpoint {

    private final StalledClients readers;
    private final StalledClients writers;

    ClientEndpoint(StalledClients readers, StalledClients writers) {
        this.readers = readers;
        this.writers = writers;
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return isSSLEnabled() ? super.createChannel(buffers) : new ClientChannel(buffers, readers, writers);
    }

    /** Only the thread that accepts connections calls it. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        long excess = getConnectionCount() - (getMaxConnections() - reserve());
        if (getMaxConnections() > 0 && excess > 0) {
            closeIdle(excess);
        }
        return super.setSocketOptions(socket);
    }

    private int reserve() {
        return getMaxConnections() / 10;
    }

    /** Closes at least so many connections if it can, and more of those without a response: looking costs time. */
    private void closeIdle(long excess) {
        record Idle(NioSocketWrapper connection, SocketChannel socket, boolean answered, long since) {}
        List<Idle> idle = new ArrayList<>();
        for (SocketWrapperBase<NioChannel> each : getConnections()) {
            NioSocketWrapper connection = (NioSocketWrapper) each;
            if (isIdle(connection) && connection.getSocket() instanceof ClientChannel client) {
                long since = Math.max(connection.getLastRead(), connection.getLastWrite());
                idle.add(new Idle(connection, client.getIOChannel(), client.isAnswered(), since));
            }
        }
        idle.sort(Comparator.comparing(Idle::answered).thenComparingLong(Idle::since));
        long unanswered = idle.stream().filter(each -> !each.answered()).count();
        idle.stream()
                .limit(Math.max(excess, Math.min(unanswered, reserve())))
                .filter(each -> isIdle(each.connection()))
                .forEach(each -> ClientChannel.disconnect(each.socket(), false));
    }

    /** Returns whether the poller waits for bytes. It does not while a request waits for a thread. */
    private static boolean isIdle(NioSocketWrapper connection) {
        return connection.getSocket() instanceof ClientChannel client
                && client.isIdle()
                && connection.interestOpsHas(SelectionKey.OP_READ);
    }
}
