package io.imageprocessor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The service as a process of its own, for what can only be seen from outside: signals, exit codes, the log. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(100);

    private final Process process;
    private final Path log;
    public final ApiClient client;

    private ServiceProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.client = new ApiClient(port);
    }

    /** Starts the service and waits until it is ready. */
    static ServiceProcess start(Path folder, String... properties) throws IOException {
        return start(folder, List.of(), properties);
    }

    /** The same, with options for the JVM. */
    static ServiceProcess start(Path folder, List<String> jvmOptions, String... properties) throws IOException {
        return ready(launch(folder.resolve("service.log"), freePort(), jvmOptions, List.of(properties)));
    }

    private static ServiceProcess ready(ServiceProcess service) {
        try {
            service.awaitReady(START);
            return service;
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
    }

    /** Starts the service with a class path of the caller's, and waits until it is ready. */
    static ServiceProcess train(Path log, List<String> jvmOptions, List<String> properties) throws IOException {
        return ready(run(log, freePort(), jvmOptions, properties));
    }

    /** Starts the service and does not wait; its log goes behind what the file has already. */
    public static ServiceProcess launch(Path log, int port, List<String> jvmOptions, List<String> properties)
            throws IOException {
        return run(
                log,
                port,
                Stream.concat(ServiceArchive.jvmOptions().stream(), jvmOptions.stream())
                        .toList(),
                properties);
    }

    private static ServiceProcess run(Path log, int port, List<String> jvmOptions, List<String> properties)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for seconds, in which the second compiler would cost more than it gains.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(jvmOptions);
        command.addAll(List.of(ImageProcessorApplication.class.getName(), "--server.port=" + port));
        for (String property : properties) {
            command.add("--" + property);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .keySet()
                .removeIf(
                        name -> name.equals("PORT") || name.startsWith("JAVA_") || name.startsWith("IMAGEPROCESSOR_"));
        return new ServiceProcess(builder.start(), log, port);
    }

    public void awaitReady(Duration time) {
        await().atMost(time)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .failFast("the service has ended", () -> !process.isAlive())
                .until(() -> client.get("/actuator/health/readiness").statusCode() == 200);
    }

    /** What a container's stop sends: SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL; waits until the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: the process stands still, and the system keeps its connections. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT: the process goes on, and has noticed nothing. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("kill -" + name + " ended with " + exitCode);
        }
    }

    int exitCode() throws InterruptedException {
        return exitCode(Duration.ofSeconds(60));
    }

    /** The exit code, if the service stops within {@code time}. */
    public int exitCode(Duration time) throws InterruptedException {
        if (!process.waitFor(time)) {
            throw new AssertionError("the service did not stop");
        }
        return process.exitValue();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /**
     * A port that is free, and stays so while its process is down: below those that systems give to outgoing
     * connections.
     */
    public static int lastingPort() {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                // Taken: another one.
            }
        }
        throw new IllegalStateException("no port is free");
    }
}
