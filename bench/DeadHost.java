import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A host that accepts every connection and never answers. */
final class DeadHost implements AutoCloseable {

    private final ServerSocket listener;
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();

    DeadHost() throws IOException {
        listener = new ServerSocket(0, 4096, InetAddress.getByName("127.0.0.1"));
        Thread.startVirtualThread(this::accept);
    }

    String url(Photo photo) {
        return "http://127.0.0.1:" + listener.getLocalPort() + photo.path();
    }

    /** Returns the number of connections accepted so far. */
    int connections() {
        return accepted.size();
    }

    private void accept() {
        try {
            while (true) {
                accepted.add(listener.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : accepted) {
            connection.close();
        }
    }
}
