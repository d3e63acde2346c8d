import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Measures the cost of event listeners: the rate of a job with a thousand listeners, over its rate alone. */
final class ListenersCase {

    private static final double TARGET = 0.95;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final Duration LAST_EVENT_TIMEOUT = Duration.ofSeconds(10);

    private ListenersCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int listeners = run.size(1_000, 100);
        int images = run.size(300_000, 20_000);
        int rounds = run.size(5, 1);
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "listeners", List.of(), "gpu.min-time=0ms", "gpu.max-time=0ms")) {
            run.report().line("warming up");
            service.secondsFor(origin, Photo.SMALL, images);
            rateWithListeners(run, origin, service, images, listeners);

            AlternatingRounds rates = AlternatingRounds.measure(
                    run,
                    rounds,
                    () -> rateWithListeners(run, origin, service, images, listeners),
                    "alone",
                    () -> images / service.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            Report.text("GPU time 0, with %,d listeners, over alone", listeners),
                            Report.text("%.2f (%,.0f/s of %,.0f/s)", rates.ratio(), rates.rate(), rates.reference()),
                            Report.text(">= %.2f", TARGET),
                            rates.ratio() >= TARGET);
        }
    }

    /**
     * Returns the rate of a job to which listeners connect as soon as it has an id. The time to connect them counts.
     */
    private static double rateWithListeners(Run run, Origin origin, Service service, int images, int count)
            throws IOException, InterruptedException {
        long requests = origin.requests();
        Service.Job job = service.submit(origin, Photo.SMALL, images);
        long start = System.nanoTime();
        try (Listeners listeners = service.listen(job, count)) {
            double connecting = (System.nanoTime() - start) / 1e9;
            double seconds = service.awaitCompleted(job, POLL_INTERVAL, nanos -> {});
            service.requireFetched(origin, requests, images);
            long missed = listeners.awaitFinished(LAST_EVENT_TIMEOUT);
            if (missed > 0) {
                throw new BenchmarkFailure(missed + " of " + count + " listeners did not receive the last event");
            }
            run.report()
                    .line(
                            "%,d listeners connected in %.2f s and received %,d events in %.1f s",
                            count, connecting, listeners.events(), seconds);
            return images / seconds;
        }
    }
}
