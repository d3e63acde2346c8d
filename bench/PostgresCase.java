import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the cost of a database that runs on the same cores as the service and its origin: the rate over that of
 * {@code storage=memory}, and the slot utilization of two replicas.
 */
final class PostgresCase {

    private static final double RATE_TARGET = 0.4;
    private static final double ACCEPT_TARGET_SECONDS = 3;
    private static final double SLOTS_TARGET = 0.9;
    private static final double STATUS_TARGET_MS = 50;
    private static final int SLOTS = 512;
    private static final double MEAN_GPU_SECONDS = 0.25;
    /** 50 status calls per second. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private static final String[] NO_GPU_TIME = {"gpu.min-time=0ms", "gpu.max-time=0ms"};

    private PostgresCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        try (var origin = Origin.fast(run);
                var database = Database.start(run)) {
            compareStorages(run, origin, database);
            measureTwoReplicas(run, origin, database);
        }
    }

    private static void compareStorages(Run run, Origin origin, Database database)
            throws IOException, InterruptedException {
        int images = run.size(100_000, 10_000);
        int rounds = run.size(3, 1);
        try (var memory = Service.start(run, "memory", List.of(), NO_GPU_TIME);
                var postgres = Service.start(run, "postgres", List.of(), database, NO_GPU_TIME)) {
            run.report().line("warming up");
            memory.secondsFor(origin, Photo.SMALL, images);
            postgres.secondsFor(origin, Photo.SMALL, images);
            List<Double> accepted = new ArrayList<>();
            var wal = new AtomicLong();
            long sizeBefore = database.bytes();
            AlternatingRounds rates = AlternatingRounds.measure(
                    run,
                    rounds,
                    () -> {
                        long walBefore = database.walBytes();
                        long requests = origin.requests();
                        Service.Job job = postgres.submit(origin, Photo.SMALL, images);
                        double rate = images / postgres.awaitCompleted(job, POLL_INTERVAL, nanos -> {});
                        postgres.requireFetched(origin, requests, images);
                        wal.addAndGet(database.walBytes() - walBefore);
                        double seconds = job.accepted().toMillis() / 1e3;
                        run.report().line("%,d images accepted after %.2f s", images, seconds);
                        accepted.add(seconds);
                        return rate;
                    },
                    "in memory",
                    () -> images / memory.secondsFor(origin, Photo.SMALL, images));
            run.report()
                    .result(
                            "storage=postgres over storage=memory, GPU time 0, 10 KB photos",
                            Report.text("%.2f (%,.0f/s)", rates.ratio(), rates.rate()),
                            Report.text(">= %.1f", RATE_TARGET),
                            rates.ratio() >= RATE_TARGET);
            double slowest = Collections.max(accepted);
            run.report()
                    .result(
                            Report.text("... %,d images: accepted, slowest of %d", images, rounds),
                            Report.text("%.2f s", slowest),
                            Report.text("<= %.0f s", ACCEPT_TARGET_SECONDS),
                            slowest <= ACCEPT_TARGET_SECONDS);
            double written = (double) rounds * images;
            run.report()
                    .line(
                            "per image: %,.0f bytes of WAL, %,.0f bytes in the database",
                            wal.get() / written, (database.bytes() - sizeBefore) / written);
        }
    }

    private static void measureTwoReplicas(Run run, Origin origin, Database database)
            throws IOException, InterruptedException {
        int images = run.size(160_000, 8_000);
        double limit = 2 * SLOTS / MEAN_GPU_SECONDS;
        String slots = "gpu.slots=" + SLOTS;
        try (var first = Service.start(run, "replica-1", List.of(), database, slots);
                var second = Service.start(run, "replica-2", List.of(), database, slots)) {
            run.report().line("warming up");
            first.secondsFor(origin, Photo.SMALL, run.size(160_000, 2_000)); // shared by both replicas
            run.report().line("job of %,d images, two replicas of %d slots", images, SLOTS);
            long requests = origin.requests();
            Service.Job job = first.submit(origin, Photo.SMALL, images);
            var latencies = new Latencies();
            double seconds = StatusCalls.awaitCompleted(List.of(first, second), job, POLL_INTERVAL, latencies::add);
            first.requireFetched(origin, requests, images);
            double rate = images / seconds;
            Latencies.Summary status = latencies.summary();
            run.report()
                    .line(
                            "%.2f s, %,.0f images/s of %,.0f; %,d status calls: p99 %s",
                            seconds, rate, limit, status.calls(), status.p99Text());
            run.report()
                    .result(
                            Report.text("two replicas of %d slots, one database, %,d images", SLOTS, images),
                            Report.text("%.3f of the ideal (%,.0f/s of %,.0f/s)", rate / limit, rate, limit),
                            Report.text(">= %.1f", SLOTS_TARGET),
                            rate / limit >= SLOTS_TARGET);
            run.report()
                    .result(
                            "... status calls meanwhile, alternating replicas, p99",
                            status.p99Text(),
                            Report.text("<= %.0f ms", STATUS_TARGET_MS),
                            status.p99() <= STATUS_TARGET_MS);
        }
    }
}
