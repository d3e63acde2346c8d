package io.imageprocessor.api.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A request that is written byte by byte, over a connection of its own. Each character of a response is one byte. */
public final class RawRequest implements AutoCloseable {

    private final Socket socket;

    /** Opens a connection whose client has a small buffer for what it does not read. */
    RawRequest(int port) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(1_024);
        socket.connect(new InetSocketAddress("localhost", port));
        socket.setSoTimeout(30_000);
    }

    /** @param head the request line and headers, without the empty line */
    public RawRequest(int port, String... head) throws IOException {
        this(port);
        send(head(head));
    }

    /** Returns the text of a request without a body. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\nHost: a\r\n\r\n";
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Returns the next bytes of the response, decoded; empty at its end. */
    String read(int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    /** Returns the rest of the response, until the service closes the connection. */
    public String readToEnd() throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8_192];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            // Reset: the service closed the connection while it had more of the body.
        }
        return text.toString();
    }

    /** Reads on until no byte arrives for this time; returns whether the service has closed the connection. */
    boolean isClosedWithin(Duration time) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout((int) time.toMillis());
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (SocketException _) {
            return true;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    /** Closes the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
