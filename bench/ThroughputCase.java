import java.io.IOException;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/** Measures the overhead per image: the rate without GPU time, over that of {@code wrk} from the same nginx. */
final class ThroughputCase {

    private static final int MAX_IMAGES_PER_JOB = 1_000_000;

    /** Maximum variation of wrk's rate without a note, as a fraction of the lowest rate. */
    private static final double MAX_VARIATION = 0.2;

    private ThroughputCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "throughput", List.of(), "gpu.min-time=0ms", "gpu.max-time=0ms")) {
            measure(run, origin, service, Photo.SMALL, 0.45);
            measure(run, origin, service, Photo.MEDIUM, 0.6);
            measure(run, origin, service, Photo.LARGE, 1.0);
        }
    }

    private static void measure(Run run, Origin origin, Service service, Photo photo, double target)
            throws IOException, InterruptedException {
        int rounds = run.size(3, 1);
        int wrkSeconds = run.size(3, 1);
        run.report().line("photos of %s, warming up", photo.label());
        double expected = target * Wrk.photosPerSecond(origin.url(photo), 1);
        int images = (int) Math.min(MAX_IMAGES_PER_JOB, expected * run.size(6, 2));
        service.secondsFor(origin, photo, images);

        var wrkRates = new DoubleSummaryStatistics();
        AlternatingRounds rates = AlternatingRounds.measure(
                run,
                rounds,
                () -> {
                    long cpuBefore = service.cpuTime().toNanos();
                    double rate = images / service.secondsFor(origin, photo, images);
                    double cpuMicros = (service.cpuTime().toNanos() - cpuBefore) / 1e3 / images;
                    run.report().line("%,d images of %s, %.0f us CPU each", images, photo.label(), cpuMicros);
                    return rate;
                },
                "wrk",
                () -> {
                    double rate = Wrk.photosPerSecond(origin.url(photo), wrkSeconds);
                    wrkRates.accept(rate);
                    return rate;
                });
        noteDisturbance(run, wrkRates);
        run.report()
                .result(
                        Report.text("GPU time 0, %s photos, over wrk", photo.label()),
                        Report.text("%.2f (%,.0f/s of %,.0f/s)", rates.ratio(), rates.rate(), rates.reference()),
                        Report.text(">= %.2f", target),
                        rates.ratio() >= target);
    }

    /** Prints a note if wrk's rate varied: wrk does the same work each time, so the machine had other load. */
    private static void noteDisturbance(Run run, DoubleSummaryStatistics wrk) {
        double spread = wrk.getMax() / wrk.getMin() - 1;
        if (spread > MAX_VARIATION) {
            run.report().line("NOTE: wrk alone varied by %.0f %%; repeat this when the machine is idle", spread * 100);
        }
    }
}
