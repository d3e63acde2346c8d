import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Measures one job of a million images in a small heap: the time to accept it, whether it completes, and the latency of
 * status calls while all cores are busy.
 */
final class MillionCase {

    private static final String HEAP = "-Xmx512m";
    private static final double ACCEPT_TARGET_SECONDS = 3;
    private static final double STATUS_TARGET_MS = 50;
    /** 50 status calls per second. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private MillionCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(1_000_000, 50_000);
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "million", List.of(HEAP), "gpu.min-time=0ms", "gpu.max-time=0ms")) {
            run.report().line("warming up");
            service.secondsFor(origin, Photo.SMALL, run.size(50_000, 5_000));
            run.report().line("job of %,d images, %s", images, HEAP);
            long cpuBefore = service.cpuTime().toNanos();
            long before = origin.requests();
            Service.Job job = service.submit(origin, Photo.SMALL, images);
            double accepted = job.accepted().toMillis() / 1e3;
            run.report().line("accepted after %.2f s", accepted);
            var latencies = new Latencies();
            double seconds = service.awaitCompleted(job, POLL_INTERVAL, latencies::add);
            service.requireFetched(origin, before, images);
            String peak = service.peakMemory();
            run.report()
                    .line(
                            "finished after %.1f s, %,.0f images/s, peak memory %s, CPU %.0f us per image",
                            seconds, images / seconds, peak, (service.cpuTime().toNanos() - cpuBefore) / 1e3 / images);
            report(run, images, accepted, seconds, peak, latencies.summary());
        }
    }

    private static void report(
            Run run, int images, double accepted, double seconds, String peak, Latencies.Summary status) {
        run.report().line("%,d status calls: p99 %s", status.calls(), status.p99Text());
        Report report = run.report();
        report.result(
                Report.text("one job of %,d images: accepted", images),
                Report.text("%.2f s", accepted),
                Report.text("<= %.0f s", ACCEPT_TARGET_SECONDS),
                accepted <= ACCEPT_TARGET_SECONDS);
        report.result(
                Report.text("... finished with %s", HEAP),
                Report.text("%.1f s (%,.0f/s, peak RSS %s)", seconds, images / seconds, peak),
                "completed",
                true); // otherwise the case has ended with a failure
        report.result(
                "... status calls meanwhile, p99",
                status.p99Text(),
                Report.text("<= %.0f ms", STATUS_TARGET_MS),
                status.p99() <= STATUS_TARGET_MS);
    }
}
