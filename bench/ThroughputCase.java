import java.io.IOException;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How much the service costs per image: with no GPU time, its rate over that of {@code wrk} from the same nginx. The two
 * take turns, so that a disturbance of the machine meets both, and each round of the service is divided by the mean of the
 * rounds of {@code wrk} before and after it.
 */
final class ThroughputCase {

    private static final int MAX_IMAGES_PER_JOB = 1_000_000;

    /** By how much wrk's rate may vary, as a share of the lowest, before the reader is warned. */
    private static final double CALM = 0.2;

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

        List<Double> serviceRates = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        double before = Wrk.photosPerSecond(origin.url(photo), wrkSeconds);
        var wrkRates = DoubleStream.builder().add(before);
        for (int round = 1; round <= rounds; round++) {
            long cpuBefore = service.cpuTime().toNanos();
            double rate = images / service.secondsFor(origin, photo, images);
            double cpuMicros = (service.cpuTime().toNanos() - cpuBefore) / 1e3 / images;
            double after = Wrk.photosPerSecond(origin.url(photo), wrkSeconds);
            double limit = (before + after) / 2;
            run.report()
                    .line(
                            "%s round %d: %,d images at %,.0f/s, %.0f us CPU each; wrk %,.0f/s before, %,.0f/s after;"
                                    + " ratio %.3f",
                            photo.label(), round, images, rate, cpuMicros, before, after, rate / limit);
            serviceRates.add(rate);
            wrkRates.add(after);
            limits.add(limit);
            ratios.add(rate / limit);
            before = after;
        }
        noteDisturbance(run, wrkRates.build().summaryStatistics());
        double ratio = median(ratios);
        run.report()
                .result(
                        Report.text("GPU time 0, %s photos, over wrk", photo.label()),
                        Report.text("%.2f (%,.0f/s of %,.0f/s)", ratio, median(serviceRates), median(limits)),
                        Report.text(">= %.2f", target),
                        ratio >= target);
    }

    /** The limit is the same work every time; where it varies, the machine had other things to do. */
    private static void noteDisturbance(Run run, DoubleSummaryStatistics wrk) {
        double spread = wrk.getMax() / wrk.getMin() - 1;
        if (spread > CALM) {
            run.report().line("NOTE: wrk alone varied by %.0f %%; repeat this when the machine is idle", spread * 100);
        }
    }

    /** Of an odd number of values. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
