import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Measures one-image jobs, the submissions that most clients send: jobs per second accepted and finished, and the CPU
 * time of the service per job, first in a JVM that has just started, then in one that is warm.
 */
final class JobsCase {

    private static final int CLIENTS = 64;
    private static final String[] NO_GPU_TIME = {"gpu.min-time=0ms", "gpu.max-time=0ms"};

    private JobsCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        try (var origin = Origin.fast(run)) {
            try (var service = Service.start(run, "jobs-memory", List.of(), NO_GPU_TIME)) {
                measure(run, origin, service, "memory", run.size(15, 1), run.size(45, 1), 4_000, 8_000);
            }
            try (var database = Database.start(run);
                    var service = Service.start(run, "jobs-postgres", List.of(), database, NO_GPU_TIME)) {
                measure(run, origin, service, "postgres", run.size(30, 1), run.size(150, 1), 1_500, 3_000);
            }
        }
    }

    private static void measure(
            Run run, Origin origin, Service service, String storage, int seconds, int between, int cold, int warm)
            throws IOException, InterruptedException {
        round(run, origin, service, Report.text("one-image jobs, %s, first %d s", storage, seconds), seconds, cold);
        run.report().line("warming up for %d s", between);
        rate(origin, service, between);
        round(run, origin, service, Report.text("... after %d s", seconds + between), seconds, warm);
    }

    private static void round(Run run, Origin origin, Service service, String what, int seconds, int target)
            throws IOException, InterruptedException {
        long cpuBefore = service.cpuTime().toNanos();
        Rate rate = rate(origin, service, seconds);
        double cpuMicros = (service.cpuTime().toNanos() - cpuBefore) / 1e3 / rate.jobs();
        run.report()
                .result(
                        what,
                        Report.text("%,.0f jobs/s, %.0f us CPU each", rate.perSecond(), cpuMicros),
                        Report.text(">= %,d", target),
                        rate.perSecond() >= target);
    }

    private record Rate(long jobs, double seconds) {
        double perSecond() {
            return jobs / seconds;
        }
    }

    /** Submits jobs for the given time, and waits until all are finished; the time of both counts. */
    private static Rate rate(Origin origin, Service service, int seconds) throws IOException, InterruptedException {
        long fetchedBefore = origin.requests();
        long succeededBefore = service.succeededImages();
        long start = System.nanoTime();
        long answered = service.submitForSeconds(origin, Photo.SMALL, CLIENTS, seconds);
        // wrk does not count the calls that it has broken off at its end, so more jobs are accepted.
        while (service.succeededImages() - succeededBefore < answered || service.hasOngoingJobs()) {
            if (System.nanoTime() - start
                    > Duration.ofSeconds(10L * seconds + 60).toNanos()) {
                throw service.failure("did not finish " + answered + " jobs");
            }
            Thread.sleep(50);
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        long jobs = service.succeededImages() - succeededBefore;
        service.requireFetched(origin, fetchedBefore, Math.toIntExact(jobs));
        return new Rate(jobs, elapsed);
    }
}
