import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The soak program: {@code java bench/Soak.java JAR MINUTES [memory|postgres]}. {@code bench/soak} starts it in the
 * project's root.
 *
 * <p>It prints one table at the end. Exit code: 0: every target was reached. 1: a target was missed. 2: it could not be
 * measured.
 */
final class Soak {

    private static final List<String> STORAGES = List.of("memory", "postgres");

    private Soak() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 2 || args.length > 3 || !args[1].matches("[1-9]\\d{0,3}")) {
            fail("usage: bench/soak MINUTES [memory|postgres]");
        }
        if (args.length == 3 && !STORAGES.contains(args[2])) {
            fail("unknown storage '" + args[2] + "'; usage: bench/soak MINUTES [memory|postgres]");
        }
        if (!Files.isRegularFile(Path.of(args[0]))) {
            fail("no such jar: " + args[0]);
        }
        Path work = Files.createDirectories(Path.of("target", "soak")).toAbsolutePath();
        Run run = new Run(Path.of(args[0]).toAbsolutePath(), work, false, new Report());
        Machine.describe(run);
        Photo.writeAll(run.photos());
        if (!RudeClients.leftOut().isEmpty()) {
            run.report().line("SOAK_WITHOUT=%s: does not count as a pass", RudeClients.leftOut());
        }
        boolean measured = true;
        for (String storage : args.length == 3 ? List.of(args[2]) : STORAGES) {
            measured &= measured(run, storage, Integer.parseInt(args[1]));
        }
        run.report().printTable(false);
        boolean complete = RudeClients.leftOut().isEmpty();
        System.exit(!measured || !complete ? 2 : run.report().everyTargetReached() ? 0 : 1);
    }

    private static boolean measured(Run run, String storage, int minutes) {
        try {
            run.report().heading("storage=" + storage);
            SoakCase.measure(run, storage, minutes);
            return true;
        } catch (BenchmarkFailure | IOException | InterruptedException e) {
            System.err.println("bench/soak: " + (e instanceof BenchmarkFailure ? e.getMessage() : e));
            return false;
        }
    }

    private static void fail(String message) {
        System.err.println("bench/soak: " + message);
        System.exit(2);
    }
}
