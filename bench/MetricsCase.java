import java.io.IOException;
import java.util.List;

/**
 * What the metrics cost: the rate of the service as it is shipped, over that of one whose meters are all switched off.
 */
final class MetricsCase {

    private static final double TARGET = 0.97;
    private static final String[] NO_GPU_TIME = {"gpu.min-time=0ms", "gpu.max-time=0ms"};

    private MetricsCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(150_000, 10_000);
        try (var origin = Origin.fast(run);
                var metered = Service.start(run, "metrics-on", List.of(), NO_GPU_TIME);
                var bare = Service.start(
                        run, "metrics-off", List.of("-Dmanagement.metrics.enable.all=false"), NO_GPU_TIME)) {
            if (!metered.metered() || bare.metered()) {
                throw bare.failure("was to be without metrics, and the other one with them");
            }
            run.report().line("warming up");
            for (int round = 0; round < run.size(3, 1); round++) {
                metered.secondsFor(origin, Photo.SMALL, images);
                bare.secondsFor(origin, Photo.SMALL, images);
            }
            ByTurns turns = ByTurns.measure(
                    run,
                    run.size(9, 1),
                    () -> images / metered.secondsFor(origin, Photo.SMALL, images),
                    "without metrics",
                    () -> images / bare.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            "GPU time 0, 10 KB photos, with metrics, over without",
                            Report.text("%.3f (%,.0f/s of %,.0f/s)", turns.ratio(), turns.rate(), turns.limit()),
                            Report.text(">= %.2f", TARGET),
                            turns.ratio() >= TARGET);
        }
    }
}
