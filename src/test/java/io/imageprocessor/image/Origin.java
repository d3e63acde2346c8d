package io.imageprocessor.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** An origin over raw sockets that can violate HTTP in every way that a test needs. */
public final class Origin implements AutoCloseable {

    private static final int SLICE = 4096;

    private final ServerSocket server;
    private final Behaviour behaviour;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    /** Serves one connection, which ends when the method returns or throws. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Connection connection) throws IOException, InterruptedException;
    }

    private Origin(ServerSocketFactory sockets, Behaviour behaviour) {
        this.behaviour = behaviour;
        try {
            server = sockets.createServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public static Origin that(Behaviour behaviour) {
        return new Origin(ServerSocketFactory.getDefault(), behaviour);
    }

    /** Creates an origin that uses TLS with the certificate of {@code tls}. */
    public static Origin secure(SSLContext tls, Behaviour behaviour) {
        return new Origin(tls.getServerSocketFactory(), behaviour);
    }

    /** Creates an origin that sends {@code response} for every request on every connection. */
    public static Origin answering(byte[] response) {
        return that(connection -> {
            while (connection.readRequest()) {
                connection.send(response);
            }
        });
    }

    /** Creates an origin that redirects every request to {@code location}. */
    public static Origin redirecting(String location) {
        return answering(redirect(location));
    }

    public String url() {
        return (server instanceof SSLServerSocket ? "https" : "http") + "://127.0.0.1:" + port() + "/photo";
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Returns the number of connections accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns the number of open connections. */
    public int open() {
        return open.size();
    }

    /** Returns the number of bytes written to all connections, including those still in a buffer of the kernel. */
    public long sent() {
        return sent.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The origin is closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            behaviour.serve(new Connection(socket, sent));
        } catch (IOException | InterruptedException e) {
            // The client has closed the connection, or the test is over.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static byte[] redirect(String location) {
        return ascii("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
    }

    public static byte[] ok(byte[] body) {
        return concat(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n"), body);
    }

    public static byte[] concat(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** One accepted connection. */
    public static final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final AtomicLong sent;
        private String lastRequest = "";

        private Connection(Socket socket, AtomicLong sent) throws IOException {
            this.socket = socket;
            this.sent = sent;
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** Reads the header of a request; returns false if the client has closed the connection. */
        public boolean readRequest() throws IOException {
            StringBuilder request = new StringBuilder();
            while (request.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return false;
                }
                request.append((char) c);
            }
            lastRequest = request.toString();
            return true;
        }

        public String lastRequest() {
            return lastRequest;
        }

        public void send(byte[] bytes) throws IOException {
            for (int i = 0; i < bytes.length; i += SLICE) {
                int length = Math.min(SLICE, bytes.length - i);
                out.write(bytes, i, length);
                sent.addAndGet(length);
            }
        }

        public void send(String text) throws IOException {
            send(ascii(text));
        }

        /** Sends one byte after another with a pause after each, until the client closes the connection. */
        public void drip(byte[] bytes, long millis) throws IOException {
            for (byte b : bytes) {
                send(new byte[] {b});
                pause(millis);
            }
        }

        /** Waits; fails if the client closes the connection. */
        public void pause(long millis) throws IOException {
            awaitHangUp((int) millis);
            socket.setSoTimeout(0);
        }

        /** Waits until the client closes the connection. */
        public void awaitHangUp() throws IOException {
            awaitHangUp(0);
        }

        private void awaitHangUp(int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                while (in.read() >= 0) {
                    // Ignore what the client sends.
                }
                throw new IOException("the client closed the connection");
            } catch (SocketTimeoutException e) {
                // The client is still connected.
            }
        }

        /** Limits the send buffer of the kernel to about {@code bytes}. */
        public void buffer(int bytes) throws IOException {
            socket.setSendBufferSize(bytes);
        }

        /** Closes only the sending side of the connection. */
        public void endOutput() throws IOException {
            socket.shutdownOutput();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
