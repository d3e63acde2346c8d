package io.imageprocessor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The service as a process of its own, for what can only be seen from outside: signals, exit codes, the log. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    final ApiClient client;

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
        int port = freePort();
        Path log = folder.resolve("service.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                ImageProcessorApplication.class.getName(),
                "--server.port=" + port));
        for (String property : properties) {
            command.add("--" + property);
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .keySet()
                .removeIf(
                        name -> name.equals("PORT") || name.startsWith("JAVA_") || name.startsWith("IMAGEPROCESSOR_"));
        Process process = builder.start();
        ServiceProcess service = new ServiceProcess(process, log, port);
        try {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() ->
                            service.client.get("/actuator/health/readiness").statusCode() == 200);
            return service;
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
    }

    /** What a container's stop sends: SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** What nothing survives: SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int exitCode() throws InterruptedException {
        return exitCode(Duration.ofSeconds(60));
    }

    /** The exit code, if the service stops within {@code time}. */
    int exitCode(Duration time) throws InterruptedException {
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
}
