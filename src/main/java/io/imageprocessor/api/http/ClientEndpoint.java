package io.imageprocessor.api.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Accepts connections. Before their limit is reached, it closes some that have no complete request, so that new clients
 * can always connect: first those that never had a response, but not the newest, whose request may be on its way; then
 * those that have been idle for the longest time since their last request; and last the newest. None is closed whose
 * bytes have arrived and were not read yet, because they may be a whole request.
 */
final class ClientEndpoint extends NioEndpoint {

    private final StalledClients readers;
    private final StalledClients writers;
    private final LongAdder disconnectedIdle = new LongAdder();

    ClientEndpoint(StalledClients readers, StalledClients writers) {
        this.readers = readers;
        this.writers = writers;
    }

    /** Returns the number of clients that were disconnected for this reason. */
    long disconnected(DisconnectReason reason) {
        return switch (reason) {
            case NOT_SENDING -> readers.disconnected();
            case NOT_READING -> writers.disconnected();
            case IDLE -> disconnectedIdle.sum();
        };
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return isSSLEnabled() ? super.createChannel(buffers) : new ClientChannel(buffers, readers, writers);
    }

    /** Only the thread that accepts connections calls it. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        if (getMaxConnections() > 0 && excess() > 0) {
            endIdle();
        }
        return super.setSocketOptions(socket);
    }

    private long excess() {
        return getConnectionCount() - (getMaxConnections() - reserve());
    }

    private int reserve() {
        return getMaxConnections() / 10;
    }

    private void endIdle() {
        List<Idle> unanswered = new ArrayList<>();
        List<Idle> answered = new ArrayList<>();
        int ending = 0;
        for (SocketWrapperBase<NioChannel> each : getConnections()) {
            NioSocketWrapper connection = (NioSocketWrapper) each;
            if (connection.getSocket() instanceof ClientChannel client) {
                if (client.isEnding()) {
                    ending++;
                } else if (isIdle(connection, client)) {
                    (client.isAnswered() ? answered : unanswered).add(Idle.of(connection, client));
                }
            }
        }
        unanswered.sort(Comparator.comparingLong(Idle::since));
        answered.sort(Comparator.comparingLong(Idle::since));
        int old = Math.max(0, unanswered.size() - reserve() / 2);
        // More than one at a time, because looking at all connections takes time.
        long needed = Math.max(excess(), reserve() / 8) - ending;
        long ended = Stream.of(unanswered.subList(0, old), answered, unanswered.subList(old, unanswered.size()))
                .flatMap(List::stream)
                .limit(Math.max(needed, Math.min(old, reserve())))
                .filter(each -> isIdle(each.connection(), each.client())
                        && !each.client().hasUnreadBytes()
                        && each.client().end())
                .count();
        disconnectedIdle.add(ended);
    }

    /** Returns whether the poller waits for bytes. It does not while a request waits for a thread. */
    private static boolean isIdle(NioSocketWrapper connection, ClientChannel client) {
        return client.isIdle() && connection.interestOpsHas(SelectionKey.OP_READ);
    }

    /**
     * A connection without a complete request.
     *
     * @param since when its last request ended, or when it was accepted if it never had a response
     */
    private record Idle(NioSocketWrapper connection, ClientChannel client, long since) {

        static Idle of(NioSocketWrapper connection, ClientChannel client) {
            long since = client.isAnswered()
                    ? Math.max(connection.getLastRead(), connection.getLastWrite())
                    : client.connected();
            return new Idle(connection, client, since);
        }
    }
}
