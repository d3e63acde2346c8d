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
 * longest time, so that new clients can always connect. It closes connections that never had a response first, because
 * the clients of the others may be sending their next request.
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
        if (getMaxConnections() > 0 && getConnectionCount() > getMaxConnections() - reserve()) {
            closeIdle();
        }
        return super.setSocketOptions(socket);
    }

    private int reserve() {
        return getMaxConnections() / 10;
    }

    private void closeIdle() {
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
        idle.stream()
                .limit(reserve())
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
