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

/** Stands between the service and its database, as the network does, and can fail as one. */
public final class DatabaseProxy implements AutoCloseable {

    /** How the way to the database can be. */
    public enum Way {
        OPEN,
        /** What was connected is reset, and nothing can connect. */
        CUT,
        /** Connections stay, and nothing passes: a cable that was pulled. */
        SILENT
    }

    private final InetSocketAddress database;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Way way = Way.OPEN;
    private volatile ServerSocket server;

    public DatabaseProxy(int databasePort) {
        database = new InetSocketAddress(InetAddress.getLoopbackAddress(), databasePort);
        server = listen(ServiceProcess.lastingPort());
    }

    public int port() {
        return server.getLocalPort();
    }

    public void set(Way next) {
        lock.lock();
        try {
            Way before = way;
            way = next;
            changed.signalAll();
            if (next == Way.CUT) {
                close();
            } else if (before == Way.CUT) {
                server = listen(port());
            }
        } finally {
            lock.unlock();
        }
    }

    private ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            open.add(socket);
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException _) {
            // It was closed.
        }
    }

    /** The database itself may be down: then the client alone is sent away. */
    private void connect(Socket client) {
        Socket upstream = new Socket();
        if (!admit(client) || !admit(upstream)) {
            close(client);
            return;
        }
        try {
            awaitThatNothingIsSilent();
            upstream.connect(database);
            Thread.ofVirtual().start(() -> pass(upstream, client));
            pass(client, upstream);
        } catch (IOException _) {
            close(client);
            close(upstream);
            open.remove(client);
            open.remove(upstream);
        }
    }

    /** Notes a socket, unless all are being closed. */
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
            // One of them is closed, and now both are.
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
        open.forEach(DatabaseProxy::close);
        open.clear();
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It was closed already.
        }
    }
}
