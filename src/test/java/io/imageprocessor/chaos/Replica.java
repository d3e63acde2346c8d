package io.imageprocessor.chaos;

import io.imageprocessor.DatabaseProxy;
import io.imageprocessor.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One of several services on one database. It keeps its port and its proxy to the database when it restarts. */
final class Replica implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration STOPPED = Duration.ofSeconds(60);
    /** Longer than any disturbance blocks a replica. */
    private static final Duration RESPONSE = Duration.ofSeconds(20);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port = ServiceProcess.lastingPort();
    private final Path log;
    final DatabaseProxy proxy;
    private ServiceProcess process;

    /** Starts the replica and does not wait until it is ready. */
    Replica(Path folder, int number, int databasePort) throws IOException {
        this.log = folder.resolve("replica-" + number + ".log");
        this.proxy = new DatabaseProxy(databasePort);
        this.process = launch();
    }

    private ServiceProcess launch() throws IOException {
        return ServiceProcess.launch(
                log,
                port,
                List.of("-Xmx256m"),
                List.of(
                        "imageprocessor.storage=postgres",
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres",
                        // Detects a silent connection within the time of a test.
                        "spring.datasource.hikari.data-source-properties.socketTimeout=5",
                        "spring.datasource.hikari.minimum-idle=2",
                        "db-scheduler.heartbeat-interval=500ms",
                        "db-scheduler.missed-heartbeats-limit=4",
                        // At most 300 images a second over all replicas: replicas that start need CPU time.
                        "imageprocessor.gpu.slots=3",
                        "imageprocessor.gpu.min-time=10ms",
                        "imageprocessor.gpu.max-time=50ms",
                        "springdoc.api-docs.enabled=false",
                        "imageprocessor.download.private-networks=allow",
                        // The origin is always up, so a photo must not fail because the machine is slow.
                        "imageprocessor.download.connect-timeout=1m",
                        "imageprocessor.download.read-timeout=2m",
                        "imageprocessor.download.total-timeout=4m",
                        "spring.lifecycle.timeout-per-shutdown-phase=5s"));
    }

    void awaitReady() {
        process.awaitReady(READY);
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    /** Sends SIGTERM and waits until the process has ended. */
    void stop() throws InterruptedException {
        process.terminate();
        process.exitCode(STOPPED);
    }

    /** Starts an ended replica and does not wait until it is ready. */
    void restart() throws IOException {
        process = launch();
    }

    void pause() throws IOException, InterruptedException {
        process.pause();
    }

    void resume() throws IOException, InterruptedException {
        process.resume();
    }

    /** Returns the response; empty if there was none, so that the outcome of the call is unknown. */
    Optional<HttpResponse<String>> get(String path) throws InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    Optional<HttpResponse<String>> post(String path, String body, String... headers) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static Optional<HttpResponse<String>> send(HttpRequest.Builder request) throws InterruptedException {
        try {
            return Optional.of(HTTP.send(request.timeout(RESPONSE).build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        proxy.close();
    }
}
