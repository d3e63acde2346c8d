import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program: an HTTP/1.1 origin that serves each photo after a delay, which nginx cannot do. It uses a virtual thread
 * per connection, so that waiting needs no CPU time.
 *
 * <p>{@code java SlowOrigin.java PORT MILLISECONDS DOCUMENT_ROOT}
 */
final class SlowOrigin {

    private final long delayMillis;
    private final Path documentRoot;
    private final Map<String, byte[]> photos = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();

    private SlowOrigin(long delayMillis, Path documentRoot) {
        this.delayMillis = delayMillis;
        this.documentRoot = documentRoot;
    }

    public static void main(String[] args) throws IOException {
        var origin = new SlowOrigin(Long.parseLong(args[1]), Path.of(args[2]));
        try (var listener = new ServerSocket(Integer.parseInt(args[0]), 4096, InetAddress.getByName("127.0.0.1"))) {
            while (true) {
                Socket connection = listener.accept();
                Thread.startVirtualThread(() -> origin.serve(connection));
            }
        }
    }

    /** Answers request after request until the client closes the connection. */
    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            var in = new BufferedInputStream(connection.getInputStream());
            for (String path = readPath(in); path != null; path = readPath(in)) {
                requests.incrementAndGet();
                connection.getOutputStream().write(answer(path));
            }
        } catch (IOException e) {
            // the client closed the connection, as the service does when it is stopped
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a GET with its headers; null at the end of the connection. */
    private static String readPath(InputStream in) throws IOException {
        String requestLine = readLine(in);
        if (requestLine.isEmpty()) {
            return null;
        }
        while (!readLine(in).isEmpty()) {
            // headers are ignored
        }
        String target = requestLine.split(" ")[1];
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.US_ASCII).stripTrailing();
    }

    /** Returns the counter at once, in the format of nginx's stub_status; returns a photo after the delay. */
    private byte[] answer(String path) throws IOException, InterruptedException {
        if (path.equals("/requests")) {
            return ok("text/plain", "0 0 %d".formatted(requests.get()).getBytes(StandardCharsets.US_ASCII));
        }
        Thread.sleep(delayMillis);
        byte[] answer = photos.get(path);
        if (answer == null) {
            answer = ok("image/jpeg", Files.readAllBytes(documentRoot.resolve(path.substring(1))));
            photos.put(path, answer);
        }
        return answer;
    }

    private static byte[] ok(String type, byte[] body) {
        byte[] head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(type, body.length)
                .getBytes(StandardCharsets.US_ASCII);
        var answer = new ByteArrayOutputStream(head.length + body.length);
        answer.writeBytes(head);
        answer.writeBytes(body);
        return answer.toByteArray();
    }
}
