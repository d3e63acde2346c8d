import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@code wrk}: fetches a photo from an origin, which is the limit of this machine, or submits one-image jobs. */
final class Wrk {

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");

    private Wrk() {}

    /** Returns photos per second with one thread and 128 connections. */
    static double photosPerSecond(String url, int seconds) throws IOException {
        return Double.parseDouble(run(RATE, "-t1", "-c128", "-d" + seconds + "s", url));
    }

    /**
     * Submits one-image jobs from one thread; returns how many were accepted.
     *
     * @param submitUrl URL of the call that submits
     * @param photoUrl URL of the photo of all jobs; each gets another query
     * @param firstImage number in the query of the first photo; the next ones count up
     */
    static long jobs(String submitUrl, String photoUrl, long firstImage, int clients, int seconds) throws IOException {
        return Long.parseLong(run(
                REQUESTS,
                "-t1",
                "-c" + clients,
                "-d" + seconds + "s",
                // Longer than any call of a JVM that has just started.
                "--timeout",
                "30s",
                "-s",
                "bench/jobs.lua",
                submitUrl,
                "--",
                photoUrl,
                String.valueOf(firstImage)));
    }

    /** Runs wrk, without a failed request, and returns the figure that the pattern finds in its output. */
    private static String run(Pattern figure, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("wrk"));
        command.addAll(List.of(arguments));
        Process wrk = Server.startProcess(new ProcessBuilder(command).redirectErrorStream(true));
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher found = figure.matcher(output);
        if (!found.find() || output.contains("Non-2xx") || output.contains("Socket errors")) {
            throw new BenchmarkFailure(String.join(" ", command) + " failed:\n" + output);
        }
        return found.group(1);
    }
}
