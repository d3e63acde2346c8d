import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Measures the effect of a host that never answers on other hosts: the rate of a job on a healthy host beside it, over
 * the rate of that job alone.
 */
final class DeadHostCase {

    private static final int DEAD_IMAGES = 10_000;
    private static final double TARGET = 0.9;

    private DeadHostCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int images = run.size(25_600, 2_560);
        try (var origin = Origin.slow(run, Duration.ofMillis(200));
                var dead = new DeadHost();
                var service = Service.start(run, "deadhost", List.of(), "gpu.slots=256")) {
            service.secondsFor(origin, Photo.SMALL, run.size(1_024, 256)); // warm-up
            run.report().line("job of %,d images, origin of 200 ms, alone", images);
            double alone = rate(run, service, origin, images);

            Service.Job deadJob = service.submit(dead.url(Photo.SMALL), DEAD_IMAGES);
            run.report().line("the same beside a job of %,d images on a host that never answers", DEAD_IMAGES);
            double beside = rate(run, service, origin, images);
            run.report().line("%,d connections to the dead host meanwhile", dead.connections());
            if (dead.connections() == 0 || !service.ongoing(deadJob)) {
                throw new BenchmarkFailure("the job on the dead host did not run all the time: not comparable");
            }
            run.report()
                    .result(
                            Report.text("%,d images beside %,d of a dead host", images, DEAD_IMAGES),
                            Report.text("%.3f of alone (%,.0f/s of %,.0f/s)", beside / alone, beside, alone),
                            Report.text(">= %.1f", TARGET),
                            beside / alone >= TARGET);
        }
    }

    private static double rate(Run run, Service service, Origin origin, int images)
            throws IOException, InterruptedException {
        double seconds = service.secondsFor(origin, Photo.SMALL, images);
        run.report().line("%.2f s, %,.0f images/s", seconds, images / seconds);
        return images / seconds;
    }
}
