package io.imageprocessor.api.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import lombok.extern.slf4j.Slf4j;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that reports when a request thread has to wait for its client. Tomcat uses it for one connection after
 * the other. Thread-safe.
 */
@Slf4j
final class ClientChannel extends NioChannel implements ClientConnection {

    /** Most of a next request that a client sends before it has its response. */
    private static final int MAX_AHEAD = 1 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StalledClients readers;
    private final StalledClients writers;

    /** The processor that had the connection last; null before the first request. */
    private volatile @Nullable ClientProcessor processor;

    /** Whether a request thread waits for the client. */
    private volatile boolean stalled;

    /** Time of {@link System#nanoTime()} when the client connected. */
    private volatile long connected;

    /** Whether the client got any byte. */
    private volatile boolean answered;

    /** Whether this connection ends because others need it; guarded by this. */
    private boolean ending;

    private volatile boolean readsEnd;
    private volatile long endOfReads;

    /** Bytes of the next request that {@link #isClosed} has read; guarded by this. */
    private ByteBuffer ahead = NOTHING;

    /**
     * @param readers clients whose next byte of a body a request thread waits for
     * @param writers clients that a request thread waits for because they do not read the response
     */
    ClientChannel(SocketBufferHandler buffers, StalledClients readers, StalledClients writers) {
        super(buffers);
        this.readers = readers;
        this.writers = writers;
    }

    /** Makes reads fail after a time of {@link System#nanoTime()}, however many bytes arrive until then. */
    void readUntil(long nanoTime) {
        endOfReads = nanoTime;
        readsEnd = true;
    }

    void readWithoutEnd() {
        readsEnd = false;
    }

    void processor(ClientProcessor current) {
        processor = current;
    }

    /** Returns the processor that has the connection now; null while there is no request. */
    private @Nullable ClientProcessor current() {
        ClientProcessor last = processor;
        return last != null && last.serves(this) ? last : null;
    }

    /** Returns whether the client got a response, or a part of one. */
    boolean isAnswered() {
        return answered;
    }

    /** Returns the time of {@link System#nanoTime()} when the client connected. */
    long connected() {
        return connected;
    }

    /** Disconnects the client, because others need the connection; returns false if this was called before. */
    synchronized boolean end() {
        boolean first = !ending;
        ending = true;
        if (first) {
            disconnect(getIOChannel(), false);
        }
        return first;
    }

    synchronized boolean isEnding() {
        return ending;
    }

    /** Returns whether the connection has no complete request. */
    boolean isIdle() {
        ClientProcessor current = current();
        return current == null || current.isIdle();
    }

    /** Returns whether bytes have arrived that the web server has not read yet. */
    boolean hasUnreadBytes() {
        try {
            return getIOChannel().socket().getInputStream().available() > 0;
        } catch (IOException e) {
            log.debug("client disconnected", e);
            return false;
        }
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        if (readsEnd && System.nanoTime() - endOfReads >= 0) {
            throw new SocketTimeoutException();
        }
        int moved = moveAhead(target);
        int bytes = moved > 0 ? moved + Math.max(super.read(target), 0) : super.read(target);
        ClientProcessor current = current();
        if (bytes != 0) {
            resumed(readers);
        } else if (target.hasRemaining() && current != null && current.blocksInRead()) {
            stalled = true;
            readers.stalled(this, getIOChannel());
        }
        return bytes;
    }

    /** Moves bytes that were read ahead, and returns their number. */
    private int moveAhead(ByteBuffer target) {
        int moved = Math.min(ahead.remaining(), target.remaining());
        target.put(target.position(), ahead, ahead.position(), moved);
        target.position(target.position() + moved);
        ahead.position(ahead.position() + moved);
        return moved;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = super.write(source);
        ClientProcessor current = current();
        if (bytes != 0) {
            answered = true;
            resumed(writers);
        } else if (source.hasRemaining() && current != null && current.blocksInWrite()) {
            stalled = true;
            writers.stalled(this, getIOChannel());
        }
        return bytes;
    }

    private void resumed(StalledClients clients) {
        if (stalled) {
            stalled = false;
            clients.resumed(this);
        }
    }

    /** Cannot see the end of a connection behind more bytes than it reads ahead, and reports it as closed then. */
    @Override
    public synchronized boolean isClosed() {
        if (ahead.capacity() == 0) {
            ahead = ByteBuffer.allocate(MAX_AHEAD).flip();
        }
        ahead.compact();
        try {
            return !ahead.hasRemaining() || super.read(ahead) < 0;
        } catch (IOException e) {
            log.debug("client disconnected", e);
            return true;
        } finally {
            ahead.flip();
        }
    }

    /**
     * Disconnects a client. Whatever waits for it fails at once, and the web server closes the connection.
     *
     * @param discard whether the system drops what the client has not read
     */
    static void disconnect(SocketChannel socket, boolean discard) {
        try {
            if (discard) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            socket.shutdownInput();
            socket.shutdownOutput();
        } catch (ClosedChannelException e) {
            log.debug("client disconnected", e);
        } catch (IOException e) {
            log.debug("client not disconnected", e);
        }
    }

    @Override
    public void close() throws IOException {
        processor = null;
        readsEnd = false;
        stalled = false;
        readers.resumed(this);
        writers.resumed(this);
        super.close();
    }

    @Override
    public synchronized void reset(SocketChannel socket, NioSocketWrapper wrapper) throws IOException {
        ahead = NOTHING;
        connected = System.nanoTime();
        answered = false;
        ending = false;
        super.reset(socket, wrapper);
    }
}
