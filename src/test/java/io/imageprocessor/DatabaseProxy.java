package io.imageprocessor;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP proxy between the service and its database that simulates failures of the network. */
public final class DatabaseProxy implements AutoCloseable {

    /** The state of the network. */
    public enum Way {
        OPEN,
        /** Existing and new connections are closed. */
        CUT,
        /** Connections stay open and no data passes, as with an unplugged cable. */
        SILENT
    }

    private final InetSocketAddress database;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Way way = Way.OPEN; // guarded by the lock
    private final ServerSocket server;

    public DatabaseProxy(int databasePort) {
        database = new InetSocketAddress(InetAddress.getLoopbackAddress(), databasePort);
        try {
            server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public void set(Way next) {
        lock.lock();
        try {
            way = next;
            changed.signalAll();
            if (next == Way.CUT) {
                closeAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException _) {
            // The proxy was closed.
        }
    }

    /** Closes the connection of the client if the database is down. */
    private void connect(Socket client) {
        Socket upstream = new Socket();
        if (!admit(client) || !admit(upstream)) {
            close(client);
            return;
        }
        try {
            awaitThatNothingIsSilent();
            upstream.connect(database);
            // Otherwise Nagle's algorithm delays statements of several packets by 40 ms.
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pass(upstream, client));
            pass(client, upstream);
        } catch (IOException _) {
            close(client);
            close(upstream);
            open.remove(client);
            open.remove(upstream);
        }
    }

    /** Registers a socket, unless the state is {@link Way#CUT}. */
    private boolean admit(Socket socket) {
        lock.lock();
        try {
            return way != Way.CUT && open.add(socket);
        } finally {
            lock.unlock();
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[8_192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                awaitThatNothingIsSilent();
                out.write(buffer, 0, length);
            }
        } catch (IOException _) {
            // One of the two sockets was closed; now both are.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitThatNothingIsSilent() {
        lock.lock();
        try {
            while (way == Way.SILENT) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        close(server);
        set(Way.CUT);
    }

    private void closeAll() {
        open.forEach(DatabaseProxy::close);
        open.clear();
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // Already closed.
        }
    }
}
