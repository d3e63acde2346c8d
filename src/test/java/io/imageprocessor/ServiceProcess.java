package io.imageprocessor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the service in a separate process, to test signals, exit codes and the log. */
public final class ServiceProcess implements AutoCloseable {

    /** The generations of the serial collector. */
    private static final Pattern USED_HEAP = Pattern.compile("generation\\s+total \\d+K, used (\\d+)K");

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

    /** Starts the service with JVM options and waits until it is ready. */
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

    /** Starts the service with the class path in {@code jvmOptions}, and waits until it is ready. */
    static ServiceProcess train(Path log, List<String> jvmOptions, List<String> properties) throws IOException {
        return ready(run(log, freePort(), jvmOptions, properties));
    }

    /** Starts the service and does not wait until it is ready. Appends its log to the file. */
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
        // The process lives for seconds, so the second compiler would cost more time than it saves.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
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

    /** Sends SIGTERM, as the stop of a container does. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and waits until the process has ended. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGSTOP: the process is suspended, and the operating system keeps its connections open. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Sends SIGCONT: the process continues. */
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

    /** Returns the bytes of heap in use after a collection of the whole heap. */
    long heapAfterCollection() throws IOException, InterruptedException {
        diagnose("GC.run");
        Matcher used = USED_HEAP.matcher(diagnose("GC.heap_info"));
        return used.results()
                .mapToLong(match -> Long.parseLong(match.group(1)) << 10)
                .sum();
    }

    private String diagnose(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException(command + " failed: " + output);
        }
        return output;
    }

    int exitCode() throws InterruptedException {
        return exitCode(Duration.ofSeconds(60));
    }

    /** Returns the exit code; fails if the service does not stop within {@code time}. */
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
     * Returns a free port that stays free while its process is down: it is below the ports that operating systems
     * assign to outgoing connections.
     */
    public static int lastingPort() {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                // The port is in use: try another one.
            }
        }
        throw new IllegalStateException("no port is free");
    }
}
