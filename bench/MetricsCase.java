import java.io.IOException;
import java.util.List;

/** Measures the cost of the metrics: the rate of the service as shipped, over its rate with all metrics disabled. */
final class MetricsCase {

    private static final double TARGET = 0.97;
    private static final String[] NO_GPU_TIME = {"gpu.min-time=0ms", "gpu.max-time=0ms"};

    private MetricsCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(150_000, 10_000);
        try (var origin = Origin.fast(run);
                var withMetrics = Service.start(run, "metrics-on", List.of(), NO_GPU_TIME);
                var without = Service.start(
                        run, "metrics-off", List.of("-Dmanagement.metrics.enable.all=false"), NO_GPU_TIME)) {
            if (!withMetrics.hasMetrics() || without.hasMetrics()) {
                throw without.failure("must have no metrics, and the other service must have them");
            }
            run.report().line("warming up");
            for (int round = 0; round < run.size(3, 1); round++) {
                withMetrics.secondsFor(origin, Photo.SMALL, images);
                without.secondsFor(origin, Photo.SMALL, images);
            }
            AlternatingRounds rates = AlternatingRounds.measure(
                    run,
                    run.size(9, 1),
                    () -> images / withMetrics.secondsFor(origin, Photo.SMALL, images),
                    "without metrics",
                    () -> images / without.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            "GPU time 0, 10 KB photos, with metrics, over without",
                            Report.text("%.3f (%,.0f/s of %,.0f/s)", rates.ratio(), rates.rate(), rates.reference()),
                            Report.text(">= %.2f", TARGET),
                            rates.ratio() >= TARGET);
        }
    }
}
