import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What listeners to a job's events cost the job: its rate with a thousand of them, over its rate alone. */
final class ListenersCase {

    private static final double TARGET = 0.95;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LAST_EVENT_LIMIT = Duration.ofSeconds(10);

    private ListenersCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        int listeners = run.size(1_000, 100);
        int images = run.size(300_000, 20_000);
        int rounds = run.size(5, 1);
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "listeners", List.of(), "gpu.min-time=0ms", "gpu.max-time=0ms")) {
            run.report().line("warming up");
            service.secondsFor(origin, Photo.SMALL, images);
            listened(run, origin, service, images, listeners);

            ByTurns turns = ByTurns.measure(
                    run,
                    rounds,
                    () -> listened(run, origin, service, images, listeners),
                    "alone",
                    () -> images / service.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            Report.text("GPU time 0, with %,d listeners, over alone", listeners),
                            Report.text("%.2f (%,.0f/s of %,.0f/s)", turns.ratio(), turns.rate(), turns.limit()),
                            Report.text(">= %.2f", TARGET),
                            turns.ratio() >= TARGET);
        }
    }

    /**
     * The rate of a job that listeners connect to as soon as it has an id; connecting them is part of what they cost.
     */
    private static double listened(Run run, Origin origin, Service service, int images, int count)
            throws IOException, InterruptedException {
        long requests = origin.requests();
        Service.Job job = service.submit(origin, Photo.SMALL, images);
        long start = System.nanoTime();
        try (Listeners listeners = service.listen(job, count)) {
            double connecting = (System.nanoTime() - start) / 1e9;
            double seconds = service.awaitCompleted(job, POLL, nanos -> {});
            service.requireFetched(origin, requests, images);
            long missed = listeners.awaitFinished(LAST_EVENT_LIMIT);
            if (missed > 0) {
                throw new BenchmarkFailure(
                        missed + " of " + count + " listeners were not told that the job is finished");
            }
            run.report()
                    .line(
                            "%,d listeners connected in %.2f s and were sent %,d events in %.1f s",
                            count, connecting, listeners.events(), seconds);
            return images / seconds;
        }
    }
}
