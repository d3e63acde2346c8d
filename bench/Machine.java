import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Prints the machine, the tools and the commit of the run. */
final class Machine {

    private Machine() {}

    static void describe(Run run) throws IOException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.printf("Image processor benchmark, %s%n", LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES));
        run.report()
                .line(
                        "machine  %d cores%s, %.0f GiB, %s %s, load %.1f",
                        Runtime.getRuntime().availableProcessors(),
                        cpuModel(),
                        system.getTotalMemorySize() / 1024.0 / 1024 / 1024,
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        system.getSystemLoadAverage());
        run.report()
                .line(
                        "with     JDK %s, %s, %s",
                        Runtime.version(),
                        output("nginx", "-v").replace("nginx version: nginx/", "nginx "),
                        output("wrk", "-v").replaceFirst(" \\[.*", ""));
        run.report().line("commit   %s%s", output("git", "rev-parse", "--short", "HEAD"), uncommitted());
        run.report().line("jar      %s, built %s", run.jar(), Files.getLastModifiedTime(run.jar()));
        if (!Service.extraFlags().isEmpty()) {
            run.report().line("flags    BENCH_JAVA_OPTS=%s", String.join(" ", Service.extraFlags()));
        }
    }

    private static String uncommitted() {
        return output("git", "status", "--porcelain").isEmpty() ? "" : " with uncommitted changes";
    }

    /** Returns the model from /proc; empty on systems without it. */
    private static String cpuModel() throws IOException {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        if (!Files.exists(cpuInfo)) {
            return "";
        }
        return Files.readAllLines(cpuInfo).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                .orElse("");
    }

    /** Returns the first line that a command prints, or "unknown": a missing tool does not end the run. */
    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
