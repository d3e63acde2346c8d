import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that the benchmark started, listening on a loopback port of its own. Closing it ends it; whatever is still
 * open when this JVM exits, on Ctrl-C as well, is ended then. No other process is ever touched.
 */
final class Server implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
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

    /** Starts the command, its output going to {@code NAME.log} in the run's folder. */
    Server(Run run, String name, int port, List<String> command) throws IOException {
        this.name = name;
        this.port = port;
        this.log = run.work().resolve(name + ".log");
        this.process = startProcess(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    /** Starts a process that ends, at the latest, with this JVM. */
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

    /** Whether this JVM is on its way out, and the servers with it. */
    static boolean ending() {
        return ending;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Waits until the path is answered with 200. */
    void awaitReady(String path) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers(path)) {
            if (!process.isAlive()) {
                throw failure("did not start");
            }
            if (System.nanoTime() > deadline) {
                throw failure("was not ready within " + START_LIMIT.toSeconds() + " s");
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

    /** The failure to throw when this server did not do what it should; names its log, and its end if it has ended. */
    BenchmarkFailure failure(String what) {
        String end = process.isAlive() ? "" : " (the process has ended with code " + process.exitValue() + ")";
        return new BenchmarkFailure(name + " " + what + end + "; see " + log);
    }

    /** Processor time of the process so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** MiB of heap that are in use after a full collection, of a JVM. */
    long liveHeapMiB() throws IOException {
        // Twice: what was being made during the first one has come to rest before the second.
        jcmd("GC.run");
        jcmd("GC.run");
        Matcher used = USED_HEAP.matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw failure("did not tell its heap");
        }
        return Long.parseLong(used.group(1)) / (used.group(2).equals("K") ? 1024 : 1);
    }

    private String jcmd(String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked = startProcess(new ProcessBuilder(jcmd, Long.toString(process.pid()), command));
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The largest resident size so far, in MiB; empty text where there is no /proc. */
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

    /** Asks with SIGTERM first; a service in the middle of a job that nobody waits for may take too long. */
    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
