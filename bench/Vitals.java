import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service holds while no client uses it.
 *
 * @param heapKiB used heap after a full garbage collection
 * @param threads platform threads of the JVM
 * @param files open file descriptors of the process
 */
record Vitals(long heapKiB, long threads, long files) {

    private static final Pattern THREADS = Pattern.compile("(?m)^jvm_threads_live_threads(?:\\{.*})? (\\S+)$");
    private static final Pattern FILES = Pattern.compile("(?m)^process_files_open_files(?:\\{.*})? (\\S+)$");
    private static final Pattern IMAGES = Pattern.compile("(?m)^imageprocessor_images_total\\{.*} (\\S+)$");

    /** Measures five times, a second apart, and returns the smallest value of each: the rest was still ending. */
    static Vitals of(Server server) throws IOException, InterruptedException {
        var least = new Vitals(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            Thread.sleep(1_000);
            long heap = server.liveHeapKiB();
            String metrics = metrics(server);
            least = new Vitals(
                    Math.min(least.heapKiB, heap),
                    Math.min(least.threads, Math.round(sum(THREADS, metrics))),
                    Math.min(least.files, Math.round(sum(FILES, metrics))));
        }
        return least;
    }

    /** Returns the number of results that the service has counted since its start. */
    static long countedImages(Server server) throws IOException {
        return Math.round(sum(IMAGES, metrics(server)));
    }

    private static String metrics(Server server) throws IOException {
        Http.Answer answer = Http.get(server.url("/actuator/prometheus"));
        if (answer.status() != 200) {
            throw server.failure("returned status " + answer.status() + " for its metrics");
        }
        return answer.body();
    }

    private static double sum(Pattern pattern, String metrics) {
        Matcher values = pattern.matcher(metrics);
        double sum = 0;
        while (values.find()) {
            sum += Double.parseDouble(values.group(1));
        }
        return sum;
    }
}
