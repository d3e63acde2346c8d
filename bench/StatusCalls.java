import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Clients that poll the status of a job until it is completed, each on its own thread and connection. */
final class StatusCalls {

    /** Enough clients that a slow response does not delay the calls of the others. */
    private static final int CLIENTS = 8;

    /** The time limit of a job, also of one with a million images. */
    private static final Duration JOB_TIMEOUT = Duration.ofMinutes(8);

    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);

    private final List<Service> replicas;
    private final Service.Job job;
    private final Duration interval;
    private final LongConsumer latency;
    private final long start = System.nanoTime();
    /** The {@link System#nanoTime()} of the first response with status completed. */
    private final CompletableFuture<Long> end = new CompletableFuture<>();

    /** The last failure; may be set after the end of the job. */
    private volatile Exception failure;

    private StatusCalls(List<Service> replicas, Service.Job job, Duration interval, LongConsumer latency) {
        this.replicas = replicas;
        this.job = job;
        this.interval = interval;
        this.latency = latency;
    }

    /**
     * Polls the status at a fixed interval until the job is completed, alternating between the replicas and between the
     * clients. A failed job ends the benchmark.
     *
     * @param latency receives for each call the nanoseconds from its due time to its response, on one thread at a time;
     *     so a call that starts late because of a slow previous call of its client counts as slow too
     * @return the seconds since the start of the submission
     */
    static double awaitCompleted(List<Service> replicas, Service.Job job, Duration interval, LongConsumer latency)
            throws InterruptedException {
        var calls = new StatusCalls(replicas, job, interval, latency);
        List<Thread> clients = IntStream.range(0, CLIENTS)
                .mapToObj(first -> Thread.ofPlatform().daemon().start(() -> calls.run(first)))
                .toList();
        long end = calls.awaitEnd();
        for (Thread client : clients) {
            client.join();
        }
        if (calls.failure != null) {
            throw calls.failed(calls.failure);
        }
        return (end - job.sent()) / 1e9;
    }

    /** Runs one client: the call with this number and every eighth call after it. */
    private void run(int first) {
        try {
            for (long call = first; ; call += CLIENTS) {
                long due = start + call * interval.toNanos();
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                if (end.isDone()) {
                    return;
                }
                boolean ongoing = replicas.get((int) (call % replicas.size())).ongoing(job);
                long now = System.nanoTime();
                synchronized (latency) {
                    latency.accept(now - due);
                }
                if (!ongoing) {
                    end.complete(now);
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
            end.completeExceptionally(e);
        }
    }

    private long awaitEnd() throws InterruptedException {
        Service service = replicas.getFirst();
        while (true) {
            try {
                return end.get(PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long seconds = (System.nanoTime() - job.sent()) / 1_000_000_000;
                if (seconds > JOB_TIMEOUT.toSeconds()) {
                    BenchmarkFailure failure = service.failure(
                            "did not finish a job of " + job.images() + " images within " + JOB_TIMEOUT);
                    end.completeExceptionally(failure);
                    throw failure;
                }
                service.report().line("... %d s, still ongoing", seconds);
            } catch (ExecutionException e) {
                throw failed(e.getCause());
            }
        }
    }

    private BenchmarkFailure failed(Throwable reason) {
        return reason instanceof BenchmarkFailure known
                ? known
                : replicas.getFirst().failure("did not report the status of job " + job.id() + ": " + reason);
    }
}
