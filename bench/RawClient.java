import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Connects to the service without an HTTP library, for clients that no library allows to be so rude. */
final class RawClient {

    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int READ_TIMEOUT_MS = 70_000;

    private final int port;

    RawClient(int port) {
        this.port = port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Connects and sends the bytes. The caller closes the connection. */
    Socket send(byte[] bytes) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(address(), CONNECT_TIMEOUT_MS);
            socket.setSoTimeout(READ_TIMEOUT_MS);
            socket.getOutputStream().write(bytes);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a request and returns the status of its answer, which it does not read further; -1 without one. */
    int status(String method, String path, String... headers) throws IOException {
        try (Socket socket = send(request(method, path, headers))) {
            return status(socket);
        }
    }

    /** Reads the status of an answer; -1 without one. */
    static int status(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 64);
        byte[] line = in.readNBytes("HTTP/1.1 200".length());
        return line.length < 12 ? -1 : Integer.parseInt(new String(line, 9, 3, StandardCharsets.US_ASCII));
    }

    /** Returns a request without a body. */
    static byte[] request(String method, String path, String... headers) {
        var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return SoakBodies.ascii(text + "\r\n");
    }
}
