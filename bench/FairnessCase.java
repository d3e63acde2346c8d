import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Measures the effect of a large job on small ones: the slowest one-image job beside it, minus the slowest alone. */
final class FairnessCase {

    private static final double TARGET_SECONDS = 0.5;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

    private FairnessCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int largeImages = run.size(100_000, 10_000);
        int jobs = run.size(50, 5);
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "fairness", List.of())) {
            service.secondsFor(origin, Photo.SMALL, run.size(2_048, 512)); // warm-up
            run.report().line("%d one-image jobs, one after another, alone", jobs);
            double[] alone = oneImageJobs(service, origin, jobs);
            run.report().line("alone: %s", summary(alone));

            Service.Job large = service.submit(origin, Photo.SMALL, largeImages);
            Thread.sleep(2_000); // until the download-ahead limit is reached
            run.report().line("the same beside a job of %,d images", largeImages);
            double[] beside = oneImageJobs(service, origin, jobs);
            run.report().line("beside: %s", summary(beside));
            if (!service.ongoing(large)) {
                throw new BenchmarkFailure(
                        "the job of " + largeImages + " images ended before the small jobs beside it: not comparable");
            }
            double added = beside[jobs - 1] - alone[jobs - 1];
            run.report()
                    .result(
                            Report.text("one-image job beside %,d images, slowest of %d", largeImages, jobs),
                            Report.text("%+.2f s (%.2f s, alone %.2f s)", added, beside[jobs - 1], alone[jobs - 1]),
                            Report.text("<= +%.2f s", TARGET_SECONDS),
                            added <= TARGET_SECONDS);
        }
    }

    /** Returns the duration of each job in seconds, sorted. */
    private static double[] oneImageJobs(Service service, Origin origin, int jobs)
            throws IOException, InterruptedException {
        double[] seconds = new double[jobs];
        for (int i = 0; i < jobs; i++) {
            seconds[i] = service.awaitCompleted(service.submit(origin, Photo.SMALL, 1), POLL_INTERVAL, nanos -> {});
        }
        Arrays.sort(seconds);
        return seconds;
    }

    private static String summary(double[] seconds) {
        return Report.text(
                "fastest %.3f s, median %.3f s, slowest %.3f s",
                seconds[0], seconds[seconds.length / 2], seconds[seconds.length - 1]);
    }
}
