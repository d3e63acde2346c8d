package io.imageprocessor.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The way from one replica to the database. It can be cut, with or without a word. */
final class Line implements AutoCloseable {

    private enum State {
        OPEN,
        /** Connections are closed, and new ones as soon as they are made. */
        CUT,
        /** Nothing goes through, as if packets were lost, and nobody is told. */
        SILENT
    }

    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private State state = State.OPEN;

    Line(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void cut() {
        become(State.CUT);
        dropAll();
    }

    void silence() {
        become(State.SILENT);
    }

    /** Connections that were silent are lost: what went into them is not sent any more. */
    void mend() {
        dropAll();
        become(State.OPEN);
    }

    private void become(State next) {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropAll() {
        connections.forEach(Line::drop);
        connections.clear();
    }

    private static void drop(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, as it should be.
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket replica = listener.accept();
                Thread.ofVirtual().start(() -> connect(replica));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket replica) {
        connections.add(replica);
        try {
            if (awaitSpeech() == State.CUT) {
                drop(replica);
                return;
            }
            Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
            connections.add(database);
            replica.setTcpNoDelay(true);
            database.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> forward(database, replica));
            forward(replica, database);
        } catch (IOException e) {
            drop(replica);
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitSpeech();
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One end is gone: the other one follows.
        } finally {
            drop(from);
            drop(to);
            connections.remove(from);
            connections.remove(to);
        }
    }

    /** Waits while this is silent. */
    private State awaitSpeech() {
        lock.lock();
        try {
            while (state == State.SILENT) {
                changed.awaitUninterruptibly();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        mend();
    }
}
