import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Receives spans over HTTP as an OpenTelemetry collector does, and only counts them. */
final class TraceCollector implements AutoCloseable {

    private final HttpServer server;
    private final AtomicLong spans = new AtomicLong();

    /**
     * The field numbers on the path to the spans in a request: {@code resource_spans}, {@code scope_spans},
     * {@code spans}. Source: opentelemetry-proto, {@code trace_service.proto} and {@code trace.proto}.
     */
    private static final int[] SPANS = {1, 2, 2};

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            spans.addAndGet(count(ByteBuffer.wrap(body.readAllBytes()), 0));
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** Returns the number of spans in this message, which is {@code depth} levels below the request. */
    private static int count(ByteBuffer message, int depth) {
        int found = 0;
        while (message.hasRemaining()) {
            long tag = varint(message);
            switch ((int) (tag & 7)) {
                case 0 -> varint(message);
                case 1 -> message.position(message.position() + Long.BYTES);
                case 2 -> {
                    int length = (int) varint(message);
                    if (tag >>> 3 == SPANS[depth]) {
                        found += depth + 1 == SPANS.length
                                ? 1
                                : count(message.slice(message.position(), length), depth + 1);
                    }
                    message.position(message.position() + length);
                }
                case 5 -> message.position(message.position() + Integer.BYTES);
                default -> throw new IllegalArgumentException("no protobuf: tag " + tag);
            }
        }
        return found;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** Returns the number of spans received so far. */
    long spans() {
        return spans.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
