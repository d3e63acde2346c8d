import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures how fast {@code wrk} fetches a photo from an origin: the limit of this machine. */
final class Wrk {

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    private Wrk() {}

    /** Returns photos per second with one thread and 128 connections. */
    static double photosPerSecond(String url, int seconds) throws IOException {
        Process wrk = Server.startProcess(
                new ProcessBuilder("wrk", "-t1", "-c128", "-d" + seconds + "s", url).redirectErrorStream(true));
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = RATE.matcher(output);
        if (!rate.find() || output.contains("Non-2xx") || output.contains("Socket errors")) {
            throw new BenchmarkFailure("wrk could not fetch " + url + ":\n" + output);
        }
        return Double.parseDouble(rate.group(1));
    }
}
