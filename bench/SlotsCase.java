import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Measures GPU utilization: the rate over the maximum of 256 slots with a mean GPU time of 0.25 s. */
final class SlotsCase {

    private static final int SLOTS = 256;
    private static final double MEAN_GPU_SECONDS = 0.25;
    private static final double TARGET = 0.95;

    private SlotsCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(25_600, 2_560);
        double limit = SLOTS / MEAN_GPU_SECONDS;
        try (var origin = Origin.slow(run, Duration.ofMillis(200));
                var service = Service.start(run, "slots", List.of(), "gpu.slots=" + SLOTS)) {
            service.secondsFor(origin, Photo.SMALL, run.size(1_024, 256)); // warm-up
            run.report().line("job of %,d images, origin of 200 ms", images);
            double seconds = service.secondsFor(origin, Photo.SMALL, images);
            double rate = images / seconds;
            run.report().line("%.2f s, %,.0f images/s of %,.0f", seconds, rate, limit);
            run.report()
                    .result(
                            Report.text("%d slots, 200 ms origin, %,d images", SLOTS, images),
                            Report.text("%.3f of the ideal (%,.0f/s of %,.0f/s)", rate / limit, rate, limit),
                            Report.text(">= %.2f", TARGET),
                            rate / limit >= TARGET);
        }
    }
}
