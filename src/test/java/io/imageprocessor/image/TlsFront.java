package io.imageprocessor.image;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before a TLS server: records the server name (SNI) that each client sends, and forwards all bytes, or all but
 * the client's alerts, or answers with an alert.
 */
final class TlsFront implements Closeable {

    private static final byte ALERT = 21;
    private static final int HELLO_UNTIL_SESSION_ID = 4 + 2 + 32;

    private final ServerSocket server;
    private final int backendPort;
    private final AlertRule alerts;
    private final boolean dropsAlerts;
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Chooses the answer to a client. */
    @FunctionalInterface
    interface AlertRule {

        /** Returns the level and description of an alert for a client that sent {@code name}, or nothing to forward. */
        byte[] alertFor(String name);
    }

    /** @param backendPort a TLS server on this machine */
    TlsFront(int backendPort, AlertRule alerts) {
        this(backendPort, alerts, false);
    }

    private TlsFront(int backendPort, AlertRule alerts, boolean dropsAlerts) {
        this.backendPort = backendPort;
        this.alerts = alerts;
        this.dropsAlerts = dropsAlerts;
        try {
            server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    static TlsFront forwarding(int backendPort) {
        return new TlsFront(backendPort, name -> new byte[0]);
    }

    /** Creates a front whose server never learns that a client ends its TLS connection. */
    static TlsFront droppingAlerts(int backendPort) {
        return new TlsFront(backendPort, name -> new byte[0], true);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Returns the names that clients sent so far, each an empty text if there was none. */
    List<String> names() {
        return names;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            byte[] record = new byte[5];
            in.readFully(record);
            byte[] hello = new byte[ByteBuffer.wrap(record).getShort(3)];
            in.readFully(hello);
            String name = nameIn(ByteBuffer.wrap(hello));
            names.add(name);
            byte[] alert = alerts.alertFor(name);
            if (alert.length > 0) {
                client.getOutputStream().write(new byte[] {ALERT, 3, 3, 0, 2, alert[0], alert[1]});
                // Until the client gives up.
                in.readAllBytes();
                return;
            }
            try (Socket backend = new Socket(InetAddress.getLoopbackAddress(), backendPort)) {
                open.add(backend);
                backend.getOutputStream().write(record);
                backend.getOutputStream().write(hello);
                Thread.ofVirtual().start(() -> copy(backend, client));
                if (dropsAlerts) {
                    copyWithoutAlerts(in, backend);
                } else {
                    copy(client, backend);
                }
            }
        } catch (IOException e) {
            // The client has closed the connection, or the test is over.
        }
    }

    private static void copyWithoutAlerts(DataInputStream records, Socket to) throws IOException {
        byte[] header = new byte[5];
        while (true) {
            records.readFully(header);
            byte[] content = new byte[ByteBuffer.wrap(header).getShort(3)];
            records.readFully(content);
            if (header[0] != ALERT) {
                to.getOutputStream().write(header);
                to.getOutputStream().write(content);
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The other direction ends too, because both sockets are closed.
        }
    }

    /** Returns the host name of a ClientHello (RFC 8446, 4.1.2; RFC 6066, 3). */
    private static String nameIn(ByteBuffer hello) {
        hello.position(HELLO_UNTIL_SESSION_ID);
        skip(hello, hello.get() & 0xFF);
        skip(hello, hello.getShort());
        skip(hello, hello.get());
        hello.getShort();
        while (hello.hasRemaining()) {
            int type = hello.getShort();
            int length = hello.getShort();
            if (type == 0) {
                hello.getShort();
                hello.get();
                byte[] name = new byte[hello.getShort()];
                hello.get(name);
                return new String(name, StandardCharsets.UTF_8);
            }
            skip(hello, length);
        }
        return "";
    }

    private static void skip(ByteBuffer buffer, int length) {
        buffer.position(buffer.position() + length);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
