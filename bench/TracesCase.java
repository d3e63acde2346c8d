import java.io.IOException;
import java.util.List;

/** Measures the cost of traces: the rate with traces and a collector, over that of the service as shipped. */
final class TracesCase {

    private static final double TARGET = 0.97;
    private static final String[] NO_GPU_TIME = {"gpu.min-time=0ms", "gpu.max-time=0ms"};

    /** The largest job of which every image is traced. */
    private static final int SMALL_JOB = 100;

    private TracesCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(150_000, 10_000);
        try (var origin = Origin.fast(run);
                var collector = new TraceCollector();
                var traced = Service.start(
                        run,
                        "traces-on",
                        List.of(
                                "-Dmanagement.opentelemetry.tracing.export.otlp.endpoint=" + collector.endpoint(),
                                "-Dmanagement.tracing.sampling.probability=1"),
                        NO_GPU_TIME);
                var untraced = Service.start(run, "traces-off", List.of(), NO_GPU_TIME)) {
            run.report().line("warming up");
            for (int round = 0; round < run.size(3, 1); round++) {
                traced.secondsFor(origin, Photo.SMALL, images);
                untraced.secondsFor(origin, Photo.SMALL, images);
            }
            AlternatingRounds large = AlternatingRounds.measure(
                    run,
                    run.size(9, 1),
                    () -> images / traced.secondsFor(origin, Photo.SMALL, images),
                    "without traces",
                    () -> images / untraced.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            "GPU time 0, 10 KB photos, with traces, over without",
                            Report.text("%.3f (%,.0f/s of %,.0f/s)", large.ratio(), large.rate(), large.reference()),
                            Report.text(">= %.2f", TARGET),
                            large.ratio() >= TARGET);
            if (collector.spans() == 0) {
                throw traced.failure("sent no spans");
            }
            int jobs = images / SMALL_JOB;
            long before = collector.spans();
            AlternatingRounds small = AlternatingRounds.measure(
                    run,
                    run.size(5, 1),
                    () -> images / traced.secondsFor(origin, Photo.SMALL, jobs, SMALL_JOB),
                    "without traces",
                    () -> images / untraced.secondsFor(origin, Photo.SMALL, jobs, SMALL_JOB));
            run.report()
                    .line(
                            "jobs of %d images, all traced: %.3f (%,.0f/s of %,.0f/s); %.2f spans per image",
                            SMALL_JOB,
                            small.ratio(),
                            small.rate(),
                            small.reference(),
                            (double) (collector.spans() - before)
                                    / images
                                    / small.rates().size());
        }
    }
}
