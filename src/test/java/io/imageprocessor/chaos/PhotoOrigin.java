package io.imageprocessor.chaos;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.imageprocessor.Photos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves one photo under any name: at once, or {@code /slow} after a while, or {@code /missing} never. */
final class PhotoOrigin implements AutoCloseable {

    private static final byte[] PHOTO = Photos.photo("png", 4, 3);
    private static final int SLOW_MILLIS = 500;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Executor later = CompletableFuture.delayedExecutor(SLOW_MILLIS, MILLISECONDS, threads);
    private final HttpServer server;

    PhotoOrigin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.setExecutor(threads);
        server.createContext("/shelf", exchange -> answer(exchange, 200, PHOTO));
        server.createContext("/slow", exchange -> later.execute(() -> answer(exchange, 200, PHOTO)));
        server.createContext("/missing", exchange -> answer(exchange, 404, new byte[] {'?'}));
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // The replica was killed, or has stopped.
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
