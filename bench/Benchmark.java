import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The benchmark program: {@code java bench/Benchmark.java JAR [--quick] [case ...]}. {@code bench/run} starts it in the
 * project's root.
 *
 * <p>It runs the named cases, by default all, and prints one table at the end. Exit code 0: every target was reached,
 * or {@code --quick}, whose sizes are too small for targets. 1: a target was missed. 2: a case could not be measured.
 */
final class Benchmark {

    /** Measures one case and adds its rows to the report of the run. */
    @FunctionalInterface
    interface Case {
        void measure(Run run) throws IOException, InterruptedException;
    }

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static {
        CASES.put("slots", SlotsCase::measure);
        CASES.put("throughput", ThroughputCase::measure);
        CASES.put("jobs", JobsCase::measure);
        CASES.put("fairness", FairnessCase::measure);
        CASES.put("deadhost", DeadHostCase::measure);
        CASES.put("listeners", ListenersCase::measure);
        CASES.put("metrics", MetricsCase::measure);
        CASES.put("traces", TracesCase::measure);
        CASES.put("million", MillionCase::measure);
        CASES.put("results", ResultsCase::measure);
        CASES.put("postgres", PostgresCase::measure);
    }

    private Benchmark() {}

    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            fail("missing jar; start the benchmark with bench/run");
        }
        List<String> names = new ArrayList<>(List.of(args).subList(1, args.length));
        boolean quick = names.remove("--quick");
        for (String name : names) {
            if (!CASES.containsKey(name)) {
                fail("unknown case '" + name + "'; usage: bench/run [--quick] " + CASES.keySet());
            }
        }
        if (!Files.isRegularFile(Path.of(args[0]))) {
            fail("no such jar: " + args[0]);
        }
        Path work = Files.createDirectories(Path.of("target", "bench")).toAbsolutePath();
        Run run = new Run(Path.of(args[0]).toAbsolutePath(), work, quick, new Report());
        Machine.describe(run);
        Photo.writeAll(run.photos());
        boolean measured = measure(names.isEmpty() ? CASES.keySet() : names, run);
        run.report().printTable(quick);
        System.exit(!measured ? 2 : quick || run.report().everyTargetReached() ? 0 : 1);
    }

    /** Runs the cases in order. Stops and returns false if one cannot be measured. */
    private static boolean measure(Iterable<String> names, Run run) {
        for (String name : names) {
            try {
                run.report().heading(name);
                CASES.get(name).measure(run);
            } catch (BenchmarkFailure | IOException | InterruptedException e) {
                if (!Server.ending()) { // after Ctrl-C the servers have ended, so the failure is expected
                    System.err.printf("%nERROR: case '%s' was not measured: %s%n", name, message(e));
                }
                return false;
            }
        }
        return true;
    }

    private static String message(Exception e) {
        return e instanceof BenchmarkFailure ? e.getMessage() : e.toString();
    }

    private static void fail(String message) {
        System.err.println("bench/run: " + message);
        System.exit(2);
    }
}
