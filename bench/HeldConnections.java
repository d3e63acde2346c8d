import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntFunction;

/**
 * Keeps a number of connections to the service. Each sends its request, or a part of one, never reads, and is replaced
 * after its lifetime. A dripping connection also sends a byte now and then, and is replaced if the service has closed
 * it. Used by one thread.
 */
final class HeldConnections implements RudeClients.Act {

    /** So few new connections per {@link #once} that the service's queue of them does not overflow. */
    private static final int OPENED_AT_ONCE = 20;

    /** Small, so that the service cannot send much to a client that does not read. */
    private static final int RECEIVE_BUFFER = 4_096;

    private static final long NEVER = Long.MAX_VALUE;

    private static final class Held {
        final SocketChannel channel;
        final long end;
        long nextDrip;

        Held(SocketChannel channel, long end, long nextDrip) {
            this.channel = channel;
            this.end = end;
            this.nextDrip = nextDrip;
        }
    }

    private final InetSocketAddress address;
    private final int count;
    private final Duration lifetime;
    private final Duration drip;
    private final IntFunction<byte[]> requests;
    private final Queue<Held> held = new ArrayDeque<>();
    private int opened;

    /**
     * @param drip time between two bytes of a request's body; zero for none
     * @param requests returns what the connection with this number sends when it is open
     */
    HeldConnections(
            InetSocketAddress address, int count, Duration lifetime, Duration drip, IntFunction<byte[]> requests) {
        this.address = address;
        this.count = count;
        this.lifetime = lifetime;
        this.drip = drip;
        this.requests = requests;
    }

    @Override
    public void once() throws IOException {
        long now = System.nanoTime();
        List<Held> kept = new ArrayList<>(held.size());
        for (Held connection : held) {
            if (now < connection.end && drips(connection, now)) {
                kept.add(connection);
            } else {
                connection.channel.close();
            }
        }
        held.clear();
        held.addAll(kept);
        for (int i = 0; i < OPENED_AT_ONCE && held.size() < count; i++) {
            open(now);
        }
    }

    private void open(long now) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.connect(address);
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(requests.apply(opened++)));
            long firstDrip = drip.isZero() ? NEVER : now + drip.toNanos();
            held.add(new Held(channel, now + lifetime.toNanos(), firstDrip));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a byte if it is time; returns false if the service has closed the connection. */
    private boolean drips(Held connection, long now) {
        if (now < connection.nextDrip) {
            return true;
        }
        connection.nextDrip = now + drip.toNanos();
        try {
            connection.channel.write(ByteBuffer.wrap(new byte[] {'x'}));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (Held connection : held) {
            connection.channel.close();
        }
        held.clear();
    }
}
