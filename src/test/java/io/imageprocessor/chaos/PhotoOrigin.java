package io.imageprocessor.chaos;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.imageprocessor.Photos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a photo for any path: after a delay below {@code /slow}, and 404 below {@code /missing}. */
final class PhotoOrigin implements AutoCloseable {

    /**
     * The photo of a path. Similar paths have different photos.
     *
     * @param width in pixels, less than any height
     */
    record Photo(String format, int width, int height) {

        private static final List<String> FORMATS = List.of("png", "gif", "bmp");
        private static final int SIZES = 40;

        static Photo of(URI url) {
            int hash = url.getPath().hashCode();
            return new Photo(
                    FORMATS.get(Math.floorMod(hash, FORMATS.size())),
                    1 + Math.floorMod(hash, SIZES),
                    1 + SIZES + Math.floorMod(hash / SIZES, SIZES));
        }

        private byte[] file() {
            return Photos.photo(format, width, height);
        }
    }

    private static final int SLOW_MILLIS = 500;

    private final Map<Photo, byte[]> files = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Executor later = CompletableFuture.delayedExecutor(SLOW_MILLIS, MILLISECONDS, threads);
    private final HttpServer server;

    PhotoOrigin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.setExecutor(threads);
        server.createContext("/shelf", exchange -> answer(exchange, 200, photo(exchange)));
        server.createContext("/slow", exchange -> later.execute(() -> answer(exchange, 200, photo(exchange))));
        server.createContext("/missing", exchange -> answer(exchange, 404, new byte[] {'?'}));
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private byte[] photo(HttpExchange exchange) {
        return files.computeIfAbsent(Photo.of(exchange.getRequestURI()), Photo::file);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // The replica was killed or stopped.
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
