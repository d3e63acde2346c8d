import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process of the benchmark that listens on its own loopback port. {@link #close} ends it. A shutdown hook ends all
 * processes that are still running when this JVM exits, also after Ctrl-C. Other processes are not affected.
 */
final class Server implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(180);
    private static final List<Process> STARTED = new ArrayList<>();
    private static final Pattern USED_HEAP = Pattern.compile("used (\\d+)([KM])");
    private static volatile boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Server::endAll));
    }

    private final String name;
    private final int port;
    private final Path log;
    private final Process process;

    /** Starts the command. Its output goes to {@code NAME.log} in the run's folder. */
    Server(Run run, String name, int port, List<String> command) throws IOException {
        this.name = name;
        this.port = port;
        this.log = run.work().resolve(name + ".log");
        this.process = startProcess(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    /** Starts a process that ends with this JVM at the latest. */
    static Process startProcess(ProcessBuilder builder) throws IOException {
        synchronized (STARTED) {
            if (ending) {
                throw new BenchmarkFailure("the benchmark is ending");
            }
            Process process = builder.start();
            STARTED.add(process);
            return process;
        }
    }

    /** Returns whether this JVM is ending, and all servers with it. */
    static boolean ending() {
        return ending;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /** Returns the file of the process's output. */
    Path log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGKILL and waits until the process has ended. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Waits until a request for the path returns 200. */
    void awaitReady(String path) throws InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!answers(path)) {
            if (!process.isAlive()) {
                throw failure("did not start");
            }
            if (System.nanoTime() > deadline) {
                throw failure("was not ready within " + START_TIMEOUT.toSeconds() + " s");
            }
            Thread.sleep(50);
        }
    }

    private boolean answers(String path) {
        try {
            return Http.get(url(path)).status() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /** Creates a failure of this server; the message has its log file and, if the process has ended, its exit code. */
    BenchmarkFailure failure(String what) {
        String end = process.isAlive() ? "" : " (the process has ended with code " + process.exitValue() + ")";
        return new BenchmarkFailure(name + " " + what + end + "; see " + log);
    }

    /** Returns the CPU time of the process so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Returns the used heap of a JVM after a full garbage collection, in KiB. */
    long liveHeapKiB() throws IOException {
        // Twice: the second one also collects objects that were in use during the first one.
        jcmd("GC.run");
        jcmd("GC.run");
        Matcher used = USED_HEAP.matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw failure("did not report its heap");
        }
        return Long.parseLong(used.group(1)) * (used.group(2).equals("K") ? 1 : 1024);
    }

    private String jcmd(String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process run = startProcess(new ProcessBuilder(jcmd, Long.toString(process.pid()), command));
        return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Returns what the process has open, with # for numbers, and how often; empty on systems without /proc. */
    Map<String, Long> openFiles() throws IOException {
        Path folder = Path.of("/proc/" + process.pid() + "/fd");
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.groupingBy(Server::target, TreeMap::new, Collectors.counting()));
        }
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().replaceAll("\\d+", "#");
        } catch (IOException e) {
            return "closed";
        }
    }

    /** Returns the peak resident size in MiB; an empty text on systems without /proc. */
    String peakMemory() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return "";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
                .orElse("");
    }

    @Override
    public void close() {
        end(process);
        synchronized (STARTED) {
            STARTED.remove(process);
        }
    }

    private static void endAll() {
        synchronized (STARTED) {
            ending = true;
            STARTED.forEach(Process::destroy);
            STARTED.forEach(Server::end);
        }
    }

    /** Sends SIGTERM, and SIGKILL after the timeout: a service with an unfinished job may take too long. */
    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
